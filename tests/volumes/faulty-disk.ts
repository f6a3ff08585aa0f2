import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * `slow 5`: a write takes 5 s. `fail`: the disk gives errors. `full`: no space is left. `hung`: nothing is answered.
 * `bad …`: files whose names end so cannot be read.
 */
export type Behaviour = "well" | "slow 5" | "fail" | "full" | "hung" | `bad ${string}`;

const PYTHON = "/usr/bin/python3";
const PROGRAM = fileURLToPath(new URL("faulty_disk.py", import.meta.url));

/** Why there can be no such disk here; empty when there can. */
export const fuseMissing: string = !existsSync("/dev/fuse")
  ? "no /dev/fuse"
  : spawnSync(PYTHON, ["-c", "import fusepy"]).status !== 0
    ? "no python3-fusepy"
    : "";

/** A file system of its own, in a process of its own, that fails when it is told to. */
export class FaultyDisk {
  readonly path: string;
  readonly #source: string;
  #process: ChildProcess | null = null;
  #answers: Interface | null = null;

  /** `dir` gets two folders: what lies on the disk, and where it is seen. */
  constructor(dir: string) {
    this.#source = `${dir}/on-disk`;
    this.path = `${dir}/mounted`;
    mkdirSync(this.#source, { recursive: true });
    mkdirSync(this.path, { recursive: true });
  }

  async mount(): Promise<void> {
    const child = spawn(PYTHON, [PROGRAM, this.#source, this.path], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process = child;
    this.#answers = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    await this.#told("well");
    while (!this.#isMounted()) {
      if (child.exitCode !== null) throw new Error(`The faulty disk ended with ${child.exitCode}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async behave(behaviour: Behaviour): Promise<void> {
    if (behaviour === "hung") {
      this.#process?.kill("SIGSTOP");
      return;
    }
    this.#process?.kill("SIGCONT");
    await this.#told(behaviour);
  }

  /** As when a cable is pulled: files that are open give errors, and the path is an empty folder. */
  async vanish(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    this.#process = null;
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    spawnSync("umount", ["-l", this.path]);
  }

  async #told(behaviour: string): Promise<void> {
    const answered = once(this.#answers as Interface, "line");
    this.#process?.stdin?.write(`${behaviour}\n`);
    await answered;
  }

  #isMounted(): boolean {
    return readFileSync("/proc/mounts", "utf8").includes(` ${this.path} `) && statSync(this.path).isDirectory();
  }
}
