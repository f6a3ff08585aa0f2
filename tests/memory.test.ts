import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { accessSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fromHex, toHex, utf8 } from "@overt/core";
import {
  CUSTODIAN_GROUPS,
  type CustodianGroup,
  joinShares,
  labelOf,
  newIdentity,
  newKey,
  newSigningKeys,
  openEnvelope,
  openShare,
  parseRecord,
  parseSegmentHeader,
  type RawRecord,
  recipientOf,
  type Share,
  type SealRoster,
  segmentKey,
} from "@overt/seal";
import { combine } from "shamir-secret-sharing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Needle, processTree, searchProcess } from "./memory/search-process.ts";

const missing = hasProc() ? "" : " [skipped: no /proc/PID/mem]";

let identities: Record<CustodianGroup, string[]>;
let periodKey: Uint8Array;
let recorder: Sealing;

beforeEach(async () => {
  identities = { operations: await some(3), oversight: await some(5) };
  periodKey = newKey();
  const { seed } = await newSigningKeys();
  const custodians = (group: CustodianGroup) =>
    Promise.all(identities[group].map(async (one, i) => ({ id: `${group}-${i}`, recipient: await recipientOf(one) })));
  const roster: SealRoster = {
    version: 1,
    groups: {
      operations: { k: 2, custodians: await custodians("operations") },
      oversight: { k: 3, custodians: await custodians("oversight") },
    },
  };
  recorder = new Sealing({ roster, periodKey: toHex(periodKey), signingSeed: toHex(seed) });
});
afterEach(() => recorder.close());

test.skipIf(missing)(
  `no epoch key, half, share or used segment key is in a recorder's memory${missing}`,
  async () => {
    const secrets: Needle[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const [envelope, header] = await recorder.tell("begin");
      const ofEpoch = await secretsOf(envelope!);
      const ofSegment = segmentSecret(ofEpoch.epochKey, header!);
      for (let i = 0; i < 6; i++) await recorder.tell("seal");
      expect(recorder.holding([ofSegment]), "the key in use is there, so the search finds keys").toEqual([
        ofSegment.name,
      ]);
      expect(recorder.holding(ofEpoch.needles)).toEqual([]);
      await recorder.tell("end");
      secrets.push(...ofEpoch.needles, ofSegment);
      expect(recorder.holding(secrets)).toEqual([]);
      await recorder.tell("renew");
    }
    expect(secrets.length).toBe(3 * 13);
  },
  120_000,
);

/** A process that seals, told what to do line by line. */
class Sealing {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(setup: object) {
    this.#process = spawn(process.execPath, [fileURLToPath(new URL("./memory/sealing-process.ts", import.meta.url))]);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#process.stdin.write(`${JSON.stringify(setup)}\n`);
  }

  async tell(command: "begin" | "seal" | "end" | "renew"): Promise<RawRecord[]> {
    this.#process.stdin.write(`${command}\n`);
    const { value } = await this.#lines.next();
    const { records = [] } = JSON.parse(value as string) as { records?: string[] };
    return records.map((record) => parseRecord(fromHex(record)) as RawRecord);
  }

  /** Which of the secrets are in any of its processes. */
  holding(needles: readonly Needle[]): string[] {
    const found = processTree(this.#process.pid!).flatMap((pid) => searchProcess(pid, needles));
    return [...new Set(found.map(({ name }) => name))];
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }
}

/** What all custodians together can find out of an epoch: everything that must be gone. */
async function secretsOf(envelope: RawRecord): Promise<{ epochKey: Uint8Array; needles: Needle[] }> {
  const opened = await openEnvelope(envelope, periodKey);
  if ("problem" in opened || opened.track !== "original") throw new Error("the envelope does not open");
  const { head, table } = opened;
  const shares: Share[] = [];
  for (const group of CUSTODIAN_GROUPS)
    for (const [index, { age }] of table.groups[group].shares.entries()) {
      const share = await openShare(age, identities[group][index]!, labelOf(head, table, group, index)!);
      if ("problem" in share) throw new Error(share.problem);
      shares.push(share);
    }
  const joined = await joinShares(table, shares);
  if ("problem" in joined) throw new Error(joined.problem);
  const halves = await Promise.all(
    CUSTODIAN_GROUPS.map(async (group) => ({
      name: `half of ${group}`,
      bytes: await combine(shares.filter((share) => share.group === group).map(({ share }) => share)),
    })),
  );
  const needles = [
    { name: "epoch key", bytes: joined.epochKey },
    { name: "epoch key in hexadecimal", bytes: utf8(toHex(joined.epochKey)) },
    ...halves,
    ...shares.map(({ custodian, share }) => ({ name: `share of ${custodian}`, bytes: share })),
  ];
  return { epochKey: joined.epochKey, needles: needles.map((needle) => named(needle, head.epoch)) };
}

function segmentSecret(epochKey: Uint8Array, record: RawRecord): Needle {
  const header = parseSegmentHeader(record);
  if ("problem" in header) throw new Error(header.problem);
  const bytes = segmentKey(epochKey, { camera: header.camera, track: header.track, segment: header.segment });
  return named({ name: "segment key", bytes }, header.epoch);
}

/** Half of a key is as bad as the whole: each needle is the first 16 bytes. */
const named = ({ name, bytes }: Needle, epoch: string): Needle => ({
  name: `${name} of epoch ${epoch.slice(0, 8)}`,
  bytes: bytes.slice(0, 16),
});

function some(n: number): Promise<string[]> {
  return Promise.all(Array.from({ length: n }, newIdentity));
}

function hasProc(): boolean {
  try {
    accessSync(`/proc/${process.pid}/mem`);
    return true;
  } catch {
    return false;
  }
}
