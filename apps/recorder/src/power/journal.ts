import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { asOvertError, OvertError, type SiteId, siteId, ID_PATTERN } from "@overt/core";
import { InstantMs, OutageStatus, SupplyText } from "@overt/link";
import { afterEvent, NO_HISTORY, type PowerEvent, type PowerHistory } from "@overt/rules";
import { z } from "zod";
import { syncDirectorySync } from "../durable.ts";

const FILE = "journal.log";
const VERSION = 1;
/** Grown by this much, what it comes to is written anew, in one line. */
const TURN_BYTES = 256 * 1024;

const Lost = z.object({ original: z.number(), anonymised: z.number() });
const Event = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("began"),
    at: InstantMs,
    boot: z.string(),
    lastAlive: InstantMs.nullable(),
    watched: z.boolean(),
  }),
  z.object({
    kind: z.literal("supply"),
    at: InstantMs,
    supply: SupplyText,
    planned: z.boolean(),
    chargePercent: z.number().nullable(),
  }),
  z.object({ kind: z.literal("step"), at: InstantMs, step: z.number().int().min(0) }),
  z.object({ kind: z.literal("stopping"), at: InstantMs, because: z.enum(["low", "forced_shutdown", "lost_contact"]) }),
  z.object({ kind: z.literal("stopped"), at: InstantMs, clean: z.boolean() }),
  z.object({ kind: z.literal("ended"), at: InstantMs }),
  z.object({ kind: z.literal("counted"), start: InstantMs, lostMs: Lost }),
]);

const History = z.object({
  kind: z.literal("history"),
  history: z.object({
    outages: z.array(OutageStatus),
    open: OutageStatus.nullable(),
    boot: z.string().nullable(),
    supply: SupplyText,
    step: z.number().int().min(0),
    run: z.enum(["none", "running", "stopping", "stopped", "ended"]),
  }),
});
const Head = z.object({ overtPowerJournal: z.number().int(), site: z.string().regex(ID_PATTERN).transform(siteId) });

/**
 * What the recorder has noted of its power, a line each: a start after a cut knows from it when the power went. What is
 * done about an event does not wait for its line, and where power goes first a start knows nothing of it. The first line
 * names the version; a line that power cut is left out.
 */
export class PowerJournal {
  readonly #directory: string;
  readonly #site: SiteId;
  readonly #onError: (error: OvertError) => void;
  #history: PowerHistory = NO_HISTORY;
  /** Without what still waits to be written; with what could not be. */
  #written: PowerHistory = NO_HISTORY;
  /** Otherwise the file may say more than is known here: it is only added to, and lacks what could not be. */
  #mayTurn = false;
  #bytes = 0;
  readonly #turnBytes: number;
  #turnAtBytes: number;
  #tail: Promise<void> = Promise.resolve();
  #problem: OvertError | null = null;

  private constructor({ directory, site, onError, turnBytes = TURN_BYTES }: PowerJournalOptions) {
    this.#directory = directory;
    this.#site = site;
    this.#onError = onError;
    this.#turnBytes = turnBytes;
    this.#turnAtBytes = turnBytes;
  }

  /**
   * A journal of a newer version, or in which nothing can be read, is kept aside. One that cannot be read or written ends
   * nothing: see `problem`.
   */
  static async open(options: PowerJournalOptions): Promise<PowerJournal> {
    const { directory, site, onError } = options;
    const journal = new PowerJournal(options);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, FILE);
      // Left by a turn that power cut: the journal itself is still whole.
      await rm(`${path}.new`, { force: true });
      const text = await textOf(path);
      journal.#bytes = text.length;
      const version = versionOf(text);
      journal.#written = version > VERSION ? NO_HISTORY : historyOf(text, site);
      if (version > VERSION) {
        const aside = await keptAside(path, `v${version}`);
        onError(
          new OvertError("POWER_JOURNAL_NEWER", `The power journal is of version ${version}; it is kept as ${aside}.`, {
            hint: "A newer Overt wrote it. Outages of that time are not shown by this one.",
          }),
        );
      } else if (text !== "" && journal.#written === NO_HISTORY) {
        const aside = await keptAside(path, "unreadable");
        onError(
          new OvertError("POWER_JOURNAL_UNREADABLE", `The power journal cannot be read; it is kept as ${aside}.`, {
            hint: "Check its disk. A cut before this start is filed as a recorder that was down.",
          }),
        );
      }
      journal.#mayTurn = true;
      journal.#history = journal.#written;
      journal.#turnAtBytes += JSON.stringify(journal.#written).length;
      if (journal.#history === NO_HISTORY) await journal.#turn();
    } catch (thrown) {
      journal.#fail(thrown);
    }
    return journal;
  }

  get history(): PowerHistory {
    return this.#history;
  }

  /** Why nothing is noted at present; what was said meanwhile is written as soon as something can be. */
  get problem(): OvertError | null {
    return this.#problem;
  }

  /** Resolves when the event is on the disk, or has been said not to be. */
  note(event: PowerEvent): Promise<void> {
    this.#history = afterEvent(this.#history, event, this.#site);
    this.#tail = this.#tail.then(() => this.#write(event));
    return this.#tail;
  }

  /** Resolves when all that was noted is on the disk. */
  settled(): Promise<void> {
    return this.#tail;
  }

  async #write(event: PowerEvent): Promise<void> {
    this.#written = afterEvent(this.#written, event, this.#site);
    try {
      // An empty line first: the last one may have been cut.
      const line = `\n${JSON.stringify(event)}\n`;
      const file = await open(join(this.#directory, FILE), "a", 0o600);
      try {
        await file.appendFile(line);
        await file.datasync();
      } finally {
        await file.close();
      }
      this.#bytes += line.length;
      // After a failure the file lacks what was noted meanwhile.
      if (this.#mayTurn && (this.#problem || this.#bytes > this.#turnAtBytes)) await this.#turn();
      this.#problem = null;
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(cause: unknown): void {
    const why = asOvertError(cause).message;
    this.#problem = new OvertError("POWER_JOURNAL_FAILED", `The power journal in ${this.#directory} failed: ${why}.`, {
      hint: "Make room on its disk and check its rights. Until then a cut is filed as a recorder that was down.",
      cause,
    });
    this.#onError(this.#problem);
  }

  async #turn(): Promise<void> {
    const path = join(this.#directory, FILE);
    const head = { overtPowerJournal: VERSION, site: this.#site };
    const text = `${JSON.stringify(head)}\n${JSON.stringify({ kind: "history", history: this.#written })}\n`;
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    syncDirectorySync(this.#directory);
    this.#bytes = text.length;
    this.#turnAtBytes = this.#turnBytes + text.length;
  }
}

export interface PowerJournalOptions {
  readonly directory: string;
  readonly site: SiteId;
  readonly onError: (error: OvertError) => void;
  readonly turnBytes?: number;
}

/** What a journal comes to; only read, so that a recorder may look before it owns its folder. */
export async function readHistory(directory: string, site: SiteId): Promise<PowerHistory> {
  try {
    const text = await textOf(join(directory, FILE));
    return versionOf(text) > VERSION ? NO_HISTORY : historyOf(text, site);
  } catch {
    // Whoever opens it in a moment says why.
    return NO_HISTORY;
  }
}

function historyOf(text: string, site: SiteId): PowerHistory {
  let history = NO_HISTORY;
  for (const line of text.split("\n")) {
    const content = parsed(line);
    const whole = History.safeParse(content);
    if (whole.success) {
      history = whole.data.history;
      continue;
    }
    const event = Event.safeParse(content);
    if (event.success) history = afterEvent(history, event.data, site);
  }
  return history;
}

function versionOf(text: string): number {
  const head = Head.safeParse(parsed(text.split("\n", 1)[0] ?? ""));
  return head.success ? head.data.overtPowerJournal : 0;
}

/** Moves it to a name that is still free. @returns that name */
async function keptAside(path: string, suffix: string): Promise<string> {
  let aside = `${path}.${suffix}`;
  for (let i = 2; existsSync(aside); i++) aside = `${path}.${suffix}.${i}`;
  await rename(path, aside);
  return aside;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw thrown;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Empty, or cut by the power.
    return null;
  }
}
