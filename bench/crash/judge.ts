import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CameraId, cameraId, instant, recorderId, type Track } from "@overt/core";
import { PeriodKeys } from "@overt/recorder/keystore/keys";
import { cameraHash, decodeSlot, SLOT_BYTES, slotName } from "@overt/recorder/keystore/slot";
import { checkStore } from "@overt/recorder/store/check";
import { Store, STORE_LIMITS } from "@overt/recorder/store/store";
import type { Held } from "./disk.ts";
import type { Promised } from "./marks.ts";

export interface Verdict {
  /** Acknowledged fragments that are not there, or not as they were. */
  readonly lost: number;
  /** Keys that must live and do not. */
  readonly keysLost: number;
  /** Keys that were said to be dead and still stand in one of the two places. */
  readonly keysUndead: number;
  /** What a camera had sent and the store has not, at worst. */
  readonly secondsLost: number;
  /** From the first look to an open store. */
  readonly readyMs: number;
  /** What was wrong, in words; empty when nothing was. */
  readonly faults: readonly string[];
}

/** Young enough that a keeper which is a little ahead has not begun to remove it. */
const SLACK_MS = 1_500;
/** Findings of a start that no lawful power cut leaves behind. */
const SERIOUS = ["PACKS_MISSING", "PACK_SHORT", "INDEX_DAMAGED"];
const TRACK: Track = "original";
const LATEST = instant(8_000_000_000_000_000);
const RAM = "/dev/shm";

/** Starts on such a disk, as a recorder would after a power cut, and holds what it finds against what was promised. */
export async function judge(root: string, held: Held, promised: Promised): Promise<Verdict> {
  const directory = mkdtempSync(join(usable(RAM) ? RAM : tmpdir(), "overt-crash-"));
  try {
    layOut(held, root, directory);
    return await start(directory, promised);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function start(directory: string, promised: Promised): Promise<Verdict> {
  const faults: string[] = [];
  const began = performance.now();
  const living = promised.living(SLACK_MS);
  // Before the start, which mends what it can: whoever takes the disk now must not find them.
  const keysUndead = undeadKeys(directory, promised);
  if (keysUndead > 0) faults.push(`${keysUndead} dead keys are still on a disk`);
  const keysLost = await lostKeys(directory, promised, faults).catch((thrown: unknown) => {
    faults.push(`the key store does not open: ${thrown}`);
    return 1;
  });
  const footage = join(directory, "footage");
  let readyMs = Number.NaN;
  let lost = living.length;
  let secondsLost = 0;
  try {
    const store = await Store.open(
      {
        directory: footage,
        recorder: recorderId("town-hall"),
        run: "after",
        now: instant(Date.now()),
        rememberAt: join(directory, "volume.json"),
        limits: { ...STORE_LIMITS, reserveBytes: 0 },
      },
      {
        failed: (thrown) => faults.push(`the store failed: ${thrown}`),
        evicted: () => faults.push("the store let footage go"),
        found: ({ code, detail }) => {
          if (SERIOUS.includes(code)) faults.push(`${code} ${detail}`);
        },
      },
    );
    readyMs = performance.now() - began;
    await store.settled();
    const found = new Map<string, string>();
    const unopenable = new Set<string>();
    for (const camera of promised.handed.keys()) {
      await readAll(store, cameraId(camera), found, unopenable);
      const { segments } = store.timeline(cameraId(camera), TRACK, instant(0), LATEST);
      const lastAcknowledged = living.findLast((one) => one.camera === camera);
      if (
        lastAcknowledged &&
        !segments.some(({ from, to }) => from <= lastAcknowledged.from && to >= lastAcknowledged.until)
      )
        faults.push(`${camera}: what was acknowledged is not on the timeline`);
      const until = Math.max(0, ...segments.map(({ to }) => to));
      if (lastAcknowledged) secondsLost = Math.max(secondsLost, ((promised.handed.get(camera) ?? 0) - until) / 1_000);
    }
    lost = living.filter(
      ({ segment, counter, sha256 }) => found.get(`${segment}/${counter}`) !== sha256 || unopenable.has(segment),
    ).length;
    await store.close(true);
    const { problems } = await checkStore(footage);
    faults.push(...problems.map(({ code, what }) => `check: ${code} ${what}`));
  } catch (thrown) {
    faults.push(`does not open: ${thrown instanceof Error ? `${thrown}` : thrown}`);
  }
  if (lost > 0) faults.push(`${lost} acknowledged fragments lost`);
  return { lost, keysLost, keysUndead, secondsLost, readyMs, faults };
}

/** In each place by itself: what one of them still holds, a copy of it could open. */
function undeadKeys(directory: string, promised: Promised): number {
  const destroyed = new Set(
    [...promised.destroyed].map(({ camera, periodStart }) =>
      slotName(cameraHash(cameraId(camera)), instant(periodStart)),
    ),
  );
  let undead = 0;
  for (const place of ["keys-a", "keys-b"]) {
    const path = join(directory, place, "overt-keys.slots");
    const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array();
    for (let at = 2 * SLOT_BYTES; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
      const slot = decodeSlot(bytes.subarray(at, at + SLOT_BYTES));
      if (typeof slot === "object" && slot.state === "live" && destroyed.has(slotName(slot.camera, slot.periodStart)))
        undead++;
    }
  }
  return undead;
}

async function lostKeys(directory: string, promised: Promised, faults: string[]): Promise<number> {
  const keys = await PeriodKeys.open([join(directory, "keys-a"), join(directory, "keys-b")]);
  let wrong = 0;
  const needed = new Map(promised.living(SLACK_MS).map((one) => [`${one.camera} ${one.periodStart}`, one]));
  for (const one of needed.values()) {
    const found = keys.get(cameraHash(cameraId(one.camera)), instant(one.periodStart));
    if (found.state === "live" && sha256(found.key) === promised.keyOf(one)) continue;
    faults.push(`${one.camera}: the key of ${one.periodStart} is ${found.state}`);
    wrong++;
  }
  await keys.close();
  return wrong;
}

async function readAll(
  store: Store,
  camera: CameraId,
  found: Map<string, string>,
  unopenable: Set<string>,
): Promise<void> {
  const { segments: stretches } = store.timeline(camera, TRACK, instant(0), LATEST);
  const first = stretches[0]?.from;
  if (first === undefined) return;
  const end = instant((stretches.at(-1)?.to ?? first) + 1);
  for (let since: ReturnType<typeof instant> | null = null; ; ) {
    const step = store.plan(camera, TRACK, first, end, since);
    for (const { segment, header, envelope, fragments } of step.segments) {
      if (!header || !envelope) unopenable.add(segment);
      const records = await store.read(fragments);
      for (const [i, fragment] of fragments.entries())
        found.set(`${segment}/${fragment.counter}`, sha256(records[i] as Uint8Array));
    }
    if (step.next === null) return;
    since = step.next;
  }
}

function layOut(held: Held, root: string, directory: string): void {
  for (const path of [...held.keys()].sort()) {
    const content = held.get(path) as Uint8Array | "directory";
    const place = join(directory, path.slice(root.length));
    if (content === "directory") mkdirSync(place, { recursive: true });
    else {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
    }
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function usable(directory: string): boolean {
  try {
    rmSync(mkdtempSync(join(directory, "overt-")), { recursive: true });
    return true;
  } catch {
    // No such folder here, or not ours to write.
    return false;
  }
}
