import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceModel } from "./convert.ts";
import { convertPersonDetector } from "./convert.ts";
import { MODEL_SHA256, personDetectorModel } from "./model.ts";

let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "overt-model-"));
});
afterAll(() => rm(cacheDir, { recursive: true }));

test("the conversion of the pinned package gives the pinned bytes, and keeps them", async () => {
  const model = await personDetectorModel(cacheDir);
  const kept = await readFile(join(cacheDir, `person-${MODEL_SHA256.slice(0, 16)}.onnx`));
  expect(kept.equals(model)).toBe(true);
});

test("a kept file that was changed is not run but made again", async () => {
  const path = join(cacheDir, `person-${MODEL_SHA256.slice(0, 16)}.onnx`);
  await writeFile(path, "another network");
  const model = await personDetectorModel(cacheDir);
  expect((await readFile(path)).equals(model)).toBe(true);
});

test("another network is refused", () => {
  const empty: SourceModel = { nodes: [], weights: new Map() };
  expect(() => convertPersonDetector(empty)).toThrow(expect.objectContaining({ code: "MODEL_UNEXPECTED" }));
});
