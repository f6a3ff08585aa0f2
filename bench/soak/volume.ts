import { execFileSync } from "node:child_process";
import { mkdirSync, rmdirSync, rmSync, statfsSync } from "node:fs";
import { MountedImage } from "../../tests/town/mounted-image.ts";

const FILL = "filled-by-the-soak";

/**
 * Room for footage. A file system of its own in a file, so that it can be filled without filling the machine's disk;
 * where that may not be mounted, a folder.
 */
export class Volume {
  readonly #path: string;
  readonly #image: MountedImage | null;

  private constructor(path: string, image: MountedImage | null) {
    this.#path = path;
    this.#image = image;
  }

  static make(dir: string, bytes: number): Volume {
    const path = `${dir}/footage`;
    try {
      const image = MountedImage.make(path, { name: "ext4" }, bytes);
      // A store begins in an empty directory.
      rmdirSync(`${path}/lost+found`);
      return new Volume(path, image);
    } catch (thrown) {
      process.stderr.write(`soak: no file system of its own: ${thrown instanceof Error ? thrown.message : thrown}\n`);
      mkdirSync(path, { recursive: true });
      return new Volume(path, null);
    }
  }

  /** Whether it may be filled: that would be the whole machine's disk otherwise. */
  get fillable(): boolean {
    return this.#image !== null;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#path);
    return bavail * bsize;
  }

  fill(leaveBytes: number): void {
    const bytes = Math.max(1, Math.floor(this.freeBytes - leaveBytes));
    execFileSync("fallocate", ["-l", `${bytes}`, `${this.#path}/${FILL}`]);
  }

  empty(): void {
    rmSync(`${this.#path}/${FILL}`, { force: true });
  }

  forget(): void {
    this.#image?.forget();
  }
}
