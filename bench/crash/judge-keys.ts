import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cameraId, instant } from "@overt/core";
import { PeriodKeys } from "@overt/recorder/keystore/keys";
import { cameraHash, decodeSlot, SLOT_BYTES, slotName } from "@overt/recorder/keystore/slot";
import type { Promised } from "./marks.ts";

/** What the key store says of the past, for who asks after a start. */
export interface KnownDead {
  /** Slot names of keys that are destroyed. */
  readonly dead: ReadonlySet<string>;
}

export interface KeyVerdict {
  /** Keys that must live and do not, in one of the places by itself or in what a start makes of both. */
  readonly keysLost: number;
  /** Keys that were said to be dead and still stand in one of the places. */
  readonly keysUndead: number;
}

export const KEY_PLACES = ["keys-a", "keys-b"] as const;
const HEAD_BYTES = 2 * SLOT_BYTES;

/**
 * Each place by itself, before a start mends it: the other one may be what is lost next, and whoever takes the disk now
 * must not find a dead key. Then what a start makes of them.
 */
export async function judgeKeys(
  directory: string,
  promised: Promised,
  slackMs: number,
  faults: string[],
): Promise<KeyVerdict & KnownDead> {
  const living = promised.livingKeys(slackMs).map((one) => ({ ...one, name: nameOf(one) }));
  const dead = new Set([...promised.destroyed].map(nameOf));
  const known = new Set<string>();
  let keysLost = 0;
  let keysUndead = 0;
  for (const place of KEY_PLACES) {
    const keys = keysIn(join(directory, place));
    const absent = living.filter(({ name, sha256 }) => keys.get(name) !== sha256).length;
    const undead = [...keys.keys()].filter((name) => dead.has(name)).length;
    if (absent > 0) faults.push(`${place}: ${absent} of ${living.length} keys are not there`);
    if (undead > 0) faults.push(`${place}: ${undead} dead keys are still on the disk`);
    keysLost += absent;
    keysUndead += undead;
  }
  try {
    const keys = await PeriodKeys.open(KEY_PLACES.map((place) => join(directory, place)));
    for (const { camera, periodStart, sha256: expected } of living) {
      const found = keys.get(cameraHash(cameraId(camera)), instant(periodStart));
      if (found.state === "live" && sha256(found.keys[0]) === expected) continue;
      faults.push(`${camera}: the key of ${periodStart} is ${found.state}`);
      keysLost++;
    }
    for (const one of promised.destroyed) {
      const { state } = keys.get(cameraHash(cameraId(one.camera)), instant(one.periodStart));
      if (state === "destroyed") known.add(nameOf(one));
      if (state !== "live") continue;
      faults.push(`${one.camera}: the key of ${one.periodStart} is back`);
      keysUndead++;
    }
    const time = instant(Date.now());
    await keys.ensure(cameraHash(cameraId("after")), time, instant(time + 3_600_000));
    await keys.close();
  } catch (thrown) {
    faults.push(`the key store does not open: ${thrown}`);
    keysLost++;
  }
  return { keysLost, keysUndead, dead: known };
}

/** What of one place could be used by who has nothing else: SHA-256 of each living key, by its slot's name. */
function keysIn(place: string): Map<string, string> {
  const path = join(place, "overt-keys.slots");
  const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array();
  const keys = new Map<string, string>();
  for (let at = HEAD_BYTES; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
    const slot = decodeSlot(bytes.subarray(at, at + SLOT_BYTES));
    if (typeof slot === "object" && slot.state === "live")
      keys.set(slotName(slot.camera, slot.periodStart), sha256(slot.key));
  }
  return keys;
}

const nameOf = ({ camera, periodStart }: { camera: string; periodStart: number }): string =>
  slotName(cameraHash(cameraId(camera)), instant(periodStart));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
