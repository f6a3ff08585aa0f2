import { expect, test } from "vitest";
import { mutated } from "./fuzz/mutate.ts";
import { PacketsTarget } from "./fuzz/packets.ts";
import { Random } from "./fuzz/random.ts";
import { RtspTarget } from "./fuzz/rtsp.ts";
import { SdpTarget } from "./fuzz/sdp.ts";

test.each([
  ["packets", PacketsTarget, 20_000],
  ["session descriptions", SdpTarget, 2_000],
  ["RTSP responses", RtspTarget, 4_000],
] as const)("mutated %s make nothing crash or break its promises", (_, Target, inputs) => {
  const target = new Target(new Random(7));
  const broken = new Set<string | null>();
  for (let n = 0; n < inputs; n++) broken.add(target.next());
  expect([...broken]).toEqual([null]);
  expect(target.through).toBeGreaterThan(inputs / 200);
});

test("the same seed gives the same inputs", () => {
  const seed = Uint8Array.from({ length: 300 }, (_, n) => n % 256);
  const inputs = () => {
    const random = new Random(3);
    return Array.from({ length: 100 }, () => Buffer.from(mutated(seed, random)).toString("hex"));
  };
  expect(inputs()).toEqual(inputs());
  expect(new Set(inputs()).size).toBeGreaterThan(90);
});
