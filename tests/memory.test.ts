import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { accessSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "@overt/core";
import {
  type CustodianGroup,
  newIdentity,
  newKey,
  newSigningKeys,
  parseRecord,
  type RawRecord,
  recipientOf,
  type SealRoster,
} from "@overt/seal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretsOf, segmentSecret } from "./memory/secrets.ts";
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
      const ofEpoch = await secretsOf(envelope!, periodKey, identities);
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
