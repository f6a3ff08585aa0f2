import { createInterface } from "node:readline";
import { cameraId, fromHex, instant, toHex, utf8 } from "@overt/core";
import { nodeGcmSeal } from "@overt/recorder/keys/gcm";
import { keyChild } from "@overt/recorder/keys/key-child";
import { Keyring } from "@overt/recorder/keys/keyring";
import { type SealRoster, SegmentSealer } from "@overt/seal";

// What of a recorder touches keys: a keyring with real key children, and segments sealed under what it grants. Told
// what to do line by line, so that a test can look into its memory in between.

interface Setup {
  readonly roster: SealRoster;
  readonly periodKey: string;
  readonly signingSeed: string;
}

const camera = cameraId("market-square-1");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const setup = JSON.parse((await lines.next()).value as string) as Setup;
const keyring = new Keyring({
  prepare: keyChild(fromHex(setup.signingSeed)),
  periodKeys: { ensure: async () => fromHex(setup.periodKey) },
  roster: setup.roster,
  now: () => instant(Date.now()),
  gatherMs: 0,
});
keyring.add({ camera, track: "original", retentionMs: 24 * 3_600_000, periodMs: 3_600_000 });

let sealer: SegmentSealer | null = null;
for (let command = await lines.next(); !command.done; command = await lines.next()) {
  if (command.value === "begin") say({ records: (await begin()).map(toHex) });
  if (command.value === "seal") say({ records: [toHex(seal())] });
  if (command.value === "end") {
    say({ records: [toHex(sealer!.end(instant(Date.now())))] });
    sealer = null;
  }
  if (command.value === "renew") {
    keyring.renew(camera, "original");
    say({});
  }
}
keyring.close();

async function begin(): Promise<Uint8Array[]> {
  await keyring.ready(camera, "original");
  const grant = keyring.nextSegment(camera, "original");
  if ("refused" in grant) throw grant.error ?? new Error(grant.refused);
  const { epoch, segment, key, envelopeRecord } = grant;
  const start = instant(Date.now());
  const header = {
    camera,
    track: "original" as const,
    epoch,
    segment,
    start,
    codec: "avc1" as const,
    startsOnKey: true,
  };
  sealer = new SegmentSealer({ ...header, init: utf8("init"), cameraOffsetMs: null }, key, nodeGcmSeal);
  return [...(envelopeRecord ? [envelopeRecord] : []), ...sealer.records];
}

/** Garbage, as a recorder makes it all the time: each collection moves what V8 keeps in its own heap. */
function churn(): number {
  return Array.from({ length: 200_000 }, (_, i) => ({ i })).length;
}

function seal(): Uint8Array {
  churn();
  const times = { time: instant(Date.now()), cameraOffsetMs: null, durationMs: 500 };
  return sealer!.seal("key", times, [utf8("a picture".repeat(10_000))]);
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
