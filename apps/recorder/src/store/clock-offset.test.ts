import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant, recorderId } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { EIGHT, SampleTrack } from "./sample.ts";
import { STORE_LIMITS } from "./limits.ts";
import { Store } from "./store.ts";

const DAY_MS = 86_400_000;
const END = instant(EIGHT + 600_000);

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), "overt-offset-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

const openStore = (at: string): Promise<Store> =>
  Store.open(
    {
      directory: at,
      recorder: recorderId("town-hall"),
      run: "run-1",
      now: EIGHT,
      rememberAt: null,
      limits: { ...STORE_LIMITS, commitMs: 0, reserveBytes: 0 },
    },
    { failed: rethrown, evicted: () => {}, found: () => {}, listed: () => {} },
  );

const append = (store: Store, records: Uint8Array[]): Promise<void> => store.append(Buffer.concat(records), 0);
const offsets = (store: Store, camera: SampleTrack): [Instant, number | null][] =>
  store
    .timeline(camera.camera, "original", EIGHT, END)
    .segments.map(({ from, clockOffsetMs }) => [from, clockOffsetMs]);

test("how far off the camera's clock was stays with what is recorded, while it is written and after", async () => {
  const at = directory();
  const camera = new SampleTrack();
  const store = await openStore(at);
  await append(store, [camera.envelope(), ...camera.header(), camera.fragment()]);
  expect(offsets(store, camera)).toEqual([[EIGHT, null]]);
  camera.cameraOffsetMs = -DAY_MS;
  await append(store, [camera.fragment()]);
  expect(offsets(store, camera)).toEqual([[EIGHT, -DAY_MS]]);
  await append(store, [camera.end()]);
  camera.cameraOffsetMs = 20;
  const set = camera.at;
  await append(store, [...camera.header(), camera.fragment()]);
  const told = [
    [EIGHT, -DAY_MS],
    [set, 20],
  ];
  expect(offsets(store, camera)).toEqual(told);
  await store.close(false);
  const next = await openStore(at);
  expect(offsets(next, camera)).toEqual(told);
  await next.close(true);
});

function rethrown(thrown: unknown): never {
  throw thrown;
}
