import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileReader } from "./codec/file-reader.ts";
import { Mp4File } from "./codec/mp4-file.ts";
import { anonymiseFile } from "./file.ts";
import { SampleStream } from "./sample-stream.ts";

const FIGURE_AT = 100;
let folder: string;
let input: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "overt-file-"));
  input = join(folder, "street.mp4");
  const camera = new SampleStream(320, 240, 0);
  const file = Mp4File.create(input);
  for (let i = 0; i < 150; i++) file.add(camera.next(100, i >= 120 ? FIGURE_AT : null));
  file.end();
  file.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe("a file", () => {
  test("keeps its pictures and times, shows the place, and hides who comes in", async () => {
    const output = join(folder, "out.mp4");
    const shares: number[] = [];
    const options = { look: "blocks", cacheDir: folder, onProgress: (share: number) => shares.push(share) } as const;
    const result = await anonymiseFile(input, output, options);
    expect(result.pictures).toBe(150);
    expect(result.blank).toBeLessThan(15);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(read(output)).toMatchObject({ pictures: 150, lastAt: 14_900 });
    expect(read(output).least).toBeGreaterThan(25);
    expect(read(input).least).toBeLessThan(20);
  });
});

describe("what cannot be read says so, and leaves nothing behind", () => {
  test.for([
    ["a file that is no video", "junk.mp4", async (path: string) => writeFile(path, "not a video at all")],
    ["a file that is not there", "none.mp4", async () => {}],
    ["a video without its end", "cut.mp4", async (path: string) => cut(path)],
  ] as const)("%s", async ([, name, make]) => {
    const path = join(folder, name);
    await make(path);
    const output = join(folder, `out-${name}`);
    await expect(anonymiseFile(path, output, { look: "blocks", cacheDir: folder })).rejects.toMatchObject({
      code: expect.stringMatching(/^FILE_(UNREADABLE|DAMAGED)$/),
      message: expect.stringContaining(path),
    });
    expect((await readdir(folder)).filter((file) => file.startsWith(`out-${name}`))).toEqual([]);
  });

  test("a folder that does not exist cannot be written to", async () => {
    const output = join(folder, "nowhere", "out.mp4");
    await expect(anonymiseFile(input, output, { look: "blocks", cacheDir: folder })).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
    });
  });
});

async function cut(path: string): Promise<void> {
  await copyFile(input, path);
  const { length } = await readFile(path);
  await truncate(path, Math.round(length * 0.6));
}

function read(path: string): { pictures: number; lastAt: number; least: number } {
  const reader = new FileReader(path);
  let pictures = 0;
  let lastAt = 0;
  let least = 255;
  for (let picture = reader.next(); picture; picture = reader.next()) {
    pictures++;
    lastAt = picture.at;
    const { y, strideY, width, height } = picture.planes;
    for (let row = 0; row < height; row++)
      for (let x = 0; x < width; x++) least = Math.min(least, y[row * strideY + x] as number);
  }
  reader.close();
  return { pictures, lastAt, least };
}
