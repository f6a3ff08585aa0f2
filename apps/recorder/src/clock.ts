import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { type Instant, instant } from "@overt/core";
import {
  heardNetwork,
  heardSigned,
  type SavedTime,
  saveTime,
  startTime,
  timeAt,
  type TimeDoubt,
  type TrustedTime,
} from "@overt/rules";
import { z } from "zod";

/** The recorder's only clock: everything else is told the time. */
export interface Clock {
  /** UTC by trusted time; it never jumps while the process runs. */
  readonly now: () => Instant;
  /** Milliseconds on a clock that never steps. */
  readonly monotonicMs: () => number;
}

const LISTEN_EVERY_MS = 60_000;

const Saved = z.object({
  at: z.number().transform(instant),
  uptimeMs: z.number(),
  bootId: z.string(),
  doubts: z.array(z.enum(["no_clock", "clock_behind", "clock_ahead", "was_off"])),
});

/**
 * Trusted time on this machine (DESIGN §4): carried by the monotonic clock, followed to network time (as the machine's
 * clock shows it) slowly, and remembered across restarts in `file`.
 */
export class TrustedClock implements Clock {
  readonly #file: string;
  readonly #bootId: string;
  /** The machine's uptime at `performance.now() === 0`. */
  readonly #uptimeAtZeroMs: number;
  readonly #timer: NodeJS.Timeout;
  #time: TrustedTime;

  /** @param signedTime the latest time that the overseer or a witness has signed and this recorder has seen */
  constructor(file: string, signedTime: Instant) {
    this.#file = file;
    this.#bootId = bootId();
    this.#uptimeAtZeroMs = uptime() * 1000 - performance.now();
    this.#time = startTime({
      saved: readSaved(file),
      bootId: this.#bootId,
      uptimeMs: this.#uptimeMs(),
      systemTime: instant(Date.now()),
      signedTime,
    });
    this.#listen();
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY_MS).unref();
  }

  readonly now = (): Instant => timeAt(this.#time, this.#uptimeMs());
  readonly monotonicMs = (): number => performance.now();

  /** Why the time may be wrong; nothing may be deleted meanwhile. */
  get doubts(): readonly TimeDoubt[] {
    return this.#time.doubts;
  }

  /** The overseer said what time it is: it can be late, never early, and ends a doubt when both agree. */
  heardSigned(at: Instant): void {
    this.#time = heardSigned(this.#time, at, this.#uptimeMs());
    this.#save();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#save();
  }

  #listen(): void {
    this.#time = heardNetwork(this.#time, instant(Date.now()), this.#uptimeMs());
    this.#save();
  }

  #save(): void {
    const saved: SavedTime = saveTime(this.#time, this.#uptimeMs(), this.#bootId);
    writeFileSync(`${this.#file}.new`, JSON.stringify(saved), { mode: 0o600, flush: true });
    renameSync(`${this.#file}.new`, this.#file);
  }

  #uptimeMs(): number {
    return this.#uptimeAtZeroMs + performance.now();
  }
}

function readSaved(file: string): SavedTime | null {
  try {
    return Saved.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // None yet, or torn by a power cut: then the machine's clock and what was signed have to do.
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux: every start counts as a new boot, which only makes doubts likelier.
    return `${process.pid}-${Date.now()}`;
  }
}
