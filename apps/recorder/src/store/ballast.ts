import { randomFillSync } from "node:crypto";
import { open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";

const FILE = "ballast";
const LARGEST_BYTES = 16 * 2 ** 20;

/**
 * Room that is taken while there is plenty, to be thrown off when another file has filled the volume: to delete, the
 * index must be able to write.
 */
export class Ballast {
  readonly #path: string;
  readonly #bytes: number;

  constructor(directory: string, reserveBytes: number) {
    this.#path = join(directory, FILE);
    this.#bytes = Math.min(LARGEST_BYTES, Math.floor(reserveBytes / 16));
  }

  /** @param freeBytes of the volume, as just measured */
  async trim(freeBytes: number): Promise<void> {
    if (freeBytes < this.#bytes) await unlink(this.#path).catch(ignoreMissing);
    else if (freeBytes > this.#bytes * 8 && this.#bytes > 0 && !(await this.#held())) await this.#take();
  }

  #held(): Promise<boolean> {
    return stat(this.#path).then(
      ({ size }) => size === this.#bytes,
      () => false,
    );
  }

  /** Random, so that no file system makes it small. */
  async #take(): Promise<void> {
    const file = await open(this.#path, "w");
    try {
      await file.write(randomFillSync(new Uint8Array(this.#bytes)));
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

function ignoreMissing(thrown: NodeJS.ErrnoException): void {
  if (thrown.code !== "ENOENT") throw thrown;
}
