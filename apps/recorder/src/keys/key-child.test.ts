import { readdirSync, readFileSync } from "node:fs";
import { cameraId, instant } from "@overt/core";
import { newKey, newSigningKeys, openEnvelope, parseRecord, type RawRecord, segmentKey } from "@overt/seal";
import { expect, test } from "vitest";
import { keyChild } from "./key-child.ts";

const want = {
  camera: cameraId("market-square-1"),
  track: "anonymised" as const,
  start: instant(1_795_600_000_000),
  periodStart: instant(1_795_597_200_000),
};

const isLinux = process.platform === "linux";

function childrenOf(pid: number): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return Number(ppid) === pid ? [readFileSync(`/proc/${name}/cmdline`, "utf8")] : [];
      } catch {
        return [];
      }
    });
}

test("a key child makes a batch of epochs, each under its own period key, and is gone when they are used", async () => {
  const { seed } = await newSigningKeys();
  const periodKeys = [newKey(), newKey()];
  const epochs = await keyChild(seed)([want, { ...want, camera: cameraId("harbour-2") }], periodKeys, null);
  if (isLinux) expect(childrenOf(process.pid).filter((line) => line.includes("overt-keys"))).toEqual([]);
  for (const [i, epoch] of epochs.entries()) {
    if ("refused" in epoch) throw epoch.refused;
    const opened = await openEnvelope(parseRecord(epoch.envelopeRecord) as RawRecord, periodKeys[i]!);
    if ("problem" in opened || opened.track !== "anonymised") throw new Error("not opened");
    const { camera } = opened.head;
    const derived = epoch.segments.map(({ segment }) =>
      segmentKey(opened.epochKey, { camera, track: "anonymised", segment }),
    );
    expect(epoch.segments.map(({ key }) => key)).toEqual(derived);
  }
});

test("an epoch that cannot be made is refused by name, the others of its batch are made", async () => {
  const { seed } = await newSigningKeys();
  const [refused, made] = await keyChild(seed)([{ ...want, track: "original" }, want], [newKey(), newKey()], null);
  expect(refused).toMatchObject({ refused: { code: "NO_ROSTER" } });
  expect(made).toHaveProperty("envelopeRecord");
});

test("a key of the wrong length is refused, not cut or filled up", async () => {
  const { seed } = await newSigningKeys();
  for (const making of [
    keyChild(seed.subarray(1))([want], [newKey()], null),
    keyChild(seed)([want], [newKey().subarray(1)], null),
    keyChild(seed)([want], [], null),
  ])
    await expect(making).rejects.toMatchObject({ code: "KEY_INVALID" });
});
