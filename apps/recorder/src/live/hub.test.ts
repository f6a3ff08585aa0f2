import { cameraId, instant } from "@overt/core";
import { decodePicture, type Picture } from "@overt/link";
import { expect, test } from "vitest";
import { LiveHub } from "./hub.ts";

const cam = cameraId("gate");
const picture = (n: number, key = false): Picture => ({
  camera: cam,
  stream: 0,
  at: instant(n),
  key,
  blank: false,
  accessUnit: Uint8Array.of(n),
});

function watching(hub: LiveHub): { seen: number[]; stop: () => void } {
  const seen: number[] = [];
  return { seen, stop: hub.watch(cam, (encoded) => seen.push(decodePicture(encoded).at)) };
}

test("a viewer who comes in the middle of a group starts at its key picture", () => {
  const hub = new LiveHub();
  for (const each of [picture(1, true), picture(2), picture(3, true), picture(4)]) hub.publish(each);
  const { seen } = watching(hub);
  hub.publish(picture(5));
  expect(seen).toEqual([3, 4, 5]);
});

test("a viewer who left gets nothing more, others do", () => {
  const hub = new LiveHub();
  const [first, second] = [watching(hub), watching(hub)];
  hub.publish(picture(1, true));
  first.stop();
  hub.publish(picture(2));
  expect([first.seen, second.seen]).toEqual([[1], [1, 2]]);
});

test("memory is bounded when a camera never sends a key picture", () => {
  const hub = new LiveHub();
  hub.publish(picture(0, true));
  for (let n = 1; n < 1000; n++) hub.publish(picture(n));
  expect(watching(hub).seen).toEqual([]);
});

test("while live view is given up nobody gets anything, and then from a key picture on", () => {
  const hub = new LiveHub();
  const { seen } = watching(hub);
  hub.publish(picture(1, true));
  hub.setShown(false);
  hub.publish(picture(2));
  expect(watching(hub).seen).toEqual([]);
  hub.setShown(true);
  hub.publish(picture(3, true));
  expect(seen).toEqual([1, 3]);
});
