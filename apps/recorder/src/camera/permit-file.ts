import { readFile, stat } from "node:fs/promises";
import { asOvertError } from "@overt/core";
import { type Permit, type PermitDenial, readPermit, type VerifyBytes } from "@overt/rules";

/**
 * A camera's permit as it lies on disk, read again whenever the file changes: suspending a camera must not need a
 * restart. A file that cannot be read is no permit.
 */
export class PermitFile {
  readonly #path: string;
  readonly #overseer: VerifyBytes;
  #current: Permit | PermitDenial = missing("It has not been read yet.");
  #version = "";

  constructor(path: string, overseer: VerifyBytes) {
    this.#path = path;
    this.#overseer = overseer;
  }

  get current(): Permit | PermitDenial {
    return this.#current;
  }

  /** @returns whether it is another one than before */
  async refresh(): Promise<boolean> {
    const version = await this.#versionOnDisk();
    if (version === this.#version) return false;
    this.#version = version;
    try {
      this.#current = await readPermit(JSON.parse(await readFile(this.#path, "utf8")), this.#overseer);
    } catch (thrown) {
      this.#current = missing(asOvertError(thrown).message);
    }
    return true;
  }

  async #versionOnDisk(): Promise<string> {
    try {
      const { mtimeMs, size, ino } = await stat(this.#path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      // Whatever the reason: what cannot be looked at is not there, and reading it says why.
      return "absent";
    }
  }
}

function missing(why: string): PermitDenial {
  return {
    decision: "deny",
    code: "permit_unreadable",
    reason: `There is no permit that can be read. ${why}`,
    hint: "Put the file that `overt permit sign` made where the configuration says.",
  };
}
