import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { type Instant, instant, OvertError } from "@overt/core";
import {
  heardNetwork,
  heardSigned,
  notBefore,
  type SavedTime,
  saveTime,
  startTime,
  timeAt,
  type TimeDoubt,
  type TrustedTime,
} from "@overt/rules";
import { z } from "zod";
import { bootId } from "./boot.ts";
import { writeDurably } from "./durable.ts";

/** The recorder's only clock: everything else is told the time. */
export interface Clock {
  /** UTC by trusted time; it never runs back. It jumps forward where a signed time or the end of a sleep says so. */
  readonly now: () => Instant;
  /** Milliseconds on a clock that never steps. */
  readonly monotonicMs: () => number;
}

const LISTEN_EVERY_MS = 60_000;
/** More than rounding: the machine slept, and the monotonic clock with it. */
const SLEPT_MS = 1_000;

const Saved = z.object({
  at: z.number().transform(instant),
  uptimeMs: z.number(),
  bootId: z.string(),
  spentMs: z.number().nonnegative().default(0),
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
  #uptimeAtZeroMs: number;
  readonly #timer: NodeJS.Timeout;
  #time: TrustedTime;
  #problem: OvertError | null = null;
  /** There is no time of an earlier start: its file is new, lost or torn. */
  readonly #isUnsaved: boolean;
  readonly #signedTime: Instant;

  /** @param signedTime the latest time that the overseer or a witness has signed and this recorder has seen */
  constructor(file: string, signedTime: Instant) {
    this.#file = file;
    this.#bootId = bootId();
    this.#uptimeAtZeroMs = uptime() * 1000 - performance.now();
    const saved = readSaved(file);
    this.#isUnsaved = saved === null;
    this.#signedTime = signedTime;
    this.#time = this.#started(saved);
    this.#listen();
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY_MS).unref();
  }

  readonly now = (): Instant => timeAt(this.#time, this.#uptimeMs());
  readonly monotonicMs = (): number => performance.now();

  /** Why the time may be wrong; nothing may be deleted meanwhile. */
  get doubts(): readonly TimeDoubt[] {
    return this.#time.doubts;
  }

  /** Why the time is not kept across starts: then the machine's clock will have to do at the next one. */
  get problem(): OvertError | null {
    return this.#problem;
  }

  /** The overseer said what time it is: it can be late, never early, and ends a doubt when both agree. */
  heardSigned(at: Instant): void {
    this.#time = heardSigned(this.#time, at, this.#uptimeMs());
    this.#save();
  }

  /** Something has been dated `at` already: a power cut takes what was not saved of the time, too. */
  readonly notBefore = (at: Instant): void => {
    this.#time = notBefore(this.#time, at, this.#uptimeMs());
  };

  /**
   * The recorder's footage says that it ran at `at`, before this start. That is as good as a time that was saved, where
   * that one is lost.
   */
  ranAt(at: Instant): void {
    if (!this.#isUnsaved) return;
    this.#time = this.#started({ at, uptimeMs: 0, bootId: "", spentMs: 0, doubts: [] });
    this.#save();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#save();
  }

  #started(saved: SavedTime | null): TrustedTime {
    return startTime({
      saved,
      bootId: this.#bootId,
      uptimeMs: this.#uptimeMs(),
      systemTime: instant(Date.now()),
      signedTime: this.#signedTime,
    });
  }

  #listen(): void {
    const uptimeAtZeroMs = uptime() * 1000 - performance.now();
    if (uptimeAtZeroMs - this.#uptimeAtZeroMs > SLEPT_MS) this.#uptimeAtZeroMs = uptimeAtZeroMs;
    this.#time = heardNetwork(this.#time, instant(Date.now()), this.#uptimeMs());
    this.#save();
  }

  #save(): void {
    const saved: SavedTime = saveTime(this.#time, this.#uptimeMs(), this.#bootId);
    try {
      writeDurably(this.#file, JSON.stringify(saved));
      this.#problem = null;
    } catch (thrown) {
      // A full disk here must not end recording elsewhere.
      this.#problem = new OvertError("TIME_NOT_SAVED", `Trusted time cannot be written to ${this.#file}.`, {
        hint: "Make room on its disk. Until then a restart goes by the machine's clock and the time saved last.",
        cause: thrown,
      });
    }
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
