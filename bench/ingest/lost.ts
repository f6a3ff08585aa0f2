import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readIdentity } from "@overt/cli/key-files";
import type { CameraId, Instant } from "@overt/core";
import { KeeperClient } from "@overt/recorder/keystore/client";
import { nativeCrc32c } from "@overt/recorder/store/entry";
import { PREFIX_BYTES, type RawRecord, readRecords } from "@overt/seal";
import { readCamera } from "@overt/seal/fields";
import { nalListHash } from "@overt/sim";
import { openWindow } from "@overt/sim/opener/index";
import type { Town } from "../../tests/town/town.ts";
import type { Sent } from "./cameras.ts";

export interface Checked {
  readonly sent: number;
  readonly lost: number;
  /** Pictures that were opened and are not those that were sent, in their order. */
  readonly strange: number;
  readonly bytes: number;
}

const PACK_HEADER_BYTES = 64;
/** Footage of so many cameras is held in memory at once. */
const AT_ONCE = 25;
/** A picture that left the camera so near to the end may stand behind it in the record. */
const EDGE_MS = 500;
/** The smallest quorum of each group: trying a share with a key that is not its own takes as long as opening it. */
const QUORUM = { operations: 2, oversight: 3 } as const;

/** Opens what an ended recorder has stored of `[from, to)` and compares it, picture by picture, with what was sent. */
export async function checkStored(
  town: Town,
  cameras: readonly { readonly id: CameraId; readonly sent: readonly Sent[] }[],
  from: Instant,
  to: Instant,
): Promise<Checked> {
  const keeper = new KeeperClient({ places: [`${town.dir}/keys-a`, `${town.dir}/keys-b`], onDestroyed: () => {} });
  try {
    await keeper.ready();
    const { operations, oversight } = town.keys.identityFiles;
    const files = [...operations.slice(0, QUORUM.operations), ...oversight.slice(0, QUORUM.oversight)];
    const openers = {
      identities: await Promise.all(files.map(readIdentity)),
      recorder: null,
      periodKeyOf: async (of: CameraId, start: Instant) => {
        const found = await keeper.get(of, start);
        return found.state === "live" ? found.keys[0] : null;
      },
    };
    const all: Checked[] = [];
    for (let i = 0; i < cameras.length; i += AT_ONCE) {
      const some = cameras.slice(i, i + AT_ONCE);
      const records = await recordsOf(`${town.dir}/footage`, new Set(some.map(({ id }) => id)));
      for (const { id: camera, sent } of some) {
        const { pictures } = await openWindow({ ...openers, camera, from, to, records: records.get(camera) ?? [] });
        const kept = pictures.map(({ nals, time }) => ({ hash: nalListHash(nals), time }));
        const bytes = pictures.reduce((sum, { nals }) => sum + nals.reduce((all, { length }) => all + length, 0), 0);
        all.push({ ...compared(sent, kept, to), bytes });
      }
    }
    const total = (of: (one: Checked) => number): number => all.reduce((sum, one) => sum + of(one), 0);
    return {
      sent: total(({ sent }) => sent),
      lost: total(({ lost }) => lost),
      strange: total(({ strange }) => strange),
      bytes: total(({ bytes }) => bytes),
    };
  } finally {
    keeper.close();
  }
}

/**
 * From the first picture of a record on. A loop sends the same pictures again, so the first one's time says which
 * round it is of.
 */
export function compared(
  sent: readonly Sent[],
  kept: readonly { readonly hash: string; readonly time: number }[],
  to: number,
): Omit<Checked, "bytes"> {
  const [first] = kept;
  const due = sent.filter(([, sentMs]) => sentMs < to - EDGE_MS).length;
  if (!first) return { sent: due, lost: due, strange: 0 };
  const distances = sent.map(([hash, sentMs]) => (hash === first.hash ? Math.abs(sentMs - first.time) : Infinity));
  const begin = distances.indexOf(Math.min(...distances));
  let at = begin;
  let strange = 0;
  let found = 0;
  for (const { hash } of kept) {
    const next = sent.findIndex(([other], i) => i >= at && other === hash);
    if (next < 0) strange++;
    else {
      at = next + 1;
      found++;
    }
  }
  const expected = Math.max(at, due) - begin;
  return { sent: expected, lost: expected - found, strange };
}

/** Whole records of some cameras, in the order of the packs. */
async function recordsOf(dir: string, cameras: ReadonlySet<CameraId>): Promise<Map<CameraId, RawRecord[]>> {
  const found = new Map<CameraId, RawRecord[]>();
  const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith(".pack"));
  for (const name of names.sort()) {
    for (const record of readRecords(await readFile(join(dir, name)), PACK_HEADER_BYTES, nativeCrc32c).records) {
      const camera = readCamera(record.bytes, PREFIX_BYTES);
      if (camera === null || !cameras.has(camera)) continue;
      // A copy: a view would keep its whole pack in memory.
      const bytes = Uint8Array.from(record.bytes);
      const copy = { prefix: record.prefix, bytes, body: bytes.subarray(PREFIX_BYTES) };
      const known = found.get(camera);
      if (known) known.push(copy);
      else found.set(camera, [copy]);
    }
  }
  return found;
}
