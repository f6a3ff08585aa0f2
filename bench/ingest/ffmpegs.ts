import { type ChildProcess, spawn } from "node:child_process";

const STAGGER_MS = 30;

/** The yardstick: one process for each camera, which copies what comes into files of a minute, in the clear. */
export class Ffmpegs {
  readonly #processes: ChildProcess[] = [];
  #failed = 0;

  static async start(urls: readonly string[], dir: string): Promise<Ffmpegs> {
    const all = new Ffmpegs();
    for (const [i, url] of urls.entries()) {
      const process = spawn(
        "ffmpeg",
        [
          ...["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", url],
          ...["-map", "0:v", "-c", "copy", "-f", "segment", "-segment_time", "60", "-segment_format", "mp4"],
          `${dir}/camera-${i}-%04d.mp4`,
        ],
        { stdio: "ignore" },
      );
      process.once("exit", () => all.#failed++);
      all.#processes.push(process);
      await new Promise((resolve) => setTimeout(resolve, STAGGER_MS));
    }
    return all;
  }

  /** How many are no longer there. */
  get failed(): number {
    return this.#failed;
  }

  get pids(): number[] {
    return this.#processes.map(({ pid }) => pid ?? 0);
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#processes.map((process) => {
        const gone = new Promise((resolve) => process.once("exit", resolve));
        if (process.exitCode !== null || process.signalCode !== null) return undefined;
        process.kill("SIGKILL");
        return gone;
      }),
    );
  }
}
