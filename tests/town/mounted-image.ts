import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";

export interface FileSystem {
  /** As `mkfs.NAME` knows it. */
  readonly name: string;
  readonly mountOptions?: string;
}

/** A file system of its own in a file, mounted. */
export class MountedImage {
  readonly path: string;
  readonly #image: string;
  readonly #fileSystem: FileSystem;

  private constructor(image: string, path: string, fileSystem: FileSystem) {
    this.#image = image;
    this.path = path;
    this.#fileSystem = fileSystem;
  }

  /**
   * @param at Two names beginning with this are used: `AT.img`, and the folder `AT` that it is mounted on.
   * @throws Error what made it impossible: no such `mkfs`, no loop devices, no right to mount
   */
  static make(at: string, fileSystem: FileSystem, bytes: number): MountedImage {
    writeFileSync(`${at}.img`, "");
    truncateSync(`${at}.img`, bytes);
    try {
      run(`mkfs.${fileSystem.name}`, [...(fileSystem.name === "ext4" ? ["-m", "0"] : []), "-q", `${at}.img`]);
      return MountedImage.#mount(`${at}.img`, at, fileSystem);
    } catch (thrown) {
      rmSync(`${at}.img`);
      throw thrown;
    }
  }

  /** Copies what is on the disk now, without what the kernel still has in memory. Nothing must be written meanwhile. */
  keepAsAfterPowerCut(): void {
    copyFileSync(this.#image, `${this.#image}.cut`);
  }

  /** Puts the disk back to what was kept. No file of it may be open. */
  returnToPowerCut(): void {
    run("umount", [this.path]);
    renameSync(`${this.#image}.cut`, this.#image);
    MountedImage.#mount(this.#image, this.path, this.#fileSystem);
  }

  forget(): void {
    run("umount", [this.path]);
    rmSync(this.#image);
    rmSync(this.path, { recursive: true });
  }

  static #mount(image: string, path: string, fileSystem: FileSystem): MountedImage {
    mkdirSync(path, { recursive: true });
    const options = ["loop", ...(fileSystem.mountOptions ? [fileSystem.mountOptions] : [])].join(",");
    run("mount", ["-t", fileSystem.name, "-o", options, image, path]);
    return new MountedImage(image, path, fileSystem);
  }
}

function run(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error) throw new Error(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} failed: ${stderr.trim()}`);
}
