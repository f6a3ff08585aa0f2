import { writeSync } from "node:fs";
import type { GapCause } from "@overt/core";

interface OfCamera {
  readonly camera: string;
}
interface OfPeriod extends OfCamera {
  readonly periodStart: number;
}

/** Of two volumes: `roomy` keeps what it has until its keys die, `full` lets its oldest go all the time. */
export type Volume = "roomy" | "full";
export const VOLUMES: readonly Volume[] = ["roomy", "full"];

/** What the load says of itself, one word a line, so that it stands in the trace where it was said. */
export type Mark =
  /** A picture of this camera has come in. */
  | ({ readonly said: "taken"; readonly at: number; readonly volume: Volume } & OfCamera)
  /** This fragment was acknowledged: whoever asks the timeline sees it. */
  | ({
      readonly said: "acknowledged";
      readonly volume: Volume;
      readonly segment: string;
      readonly counter: number;
      readonly from: number;
      readonly until: number;
      readonly sha256: string;
      readonly expiry: number;
    } & OfPeriod)
  /** The key of this period was handed out. */
  | ({ readonly said: "key"; readonly sha256: string; readonly expiry: number } & OfPeriod)
  /** The keeper said that the key of this period is destroyed. */
  | ({ readonly said: "destroyed" } & OfPeriod)
  /** The store said that nothing of this period is listed any more. */
  | ({ readonly said: "expired"; readonly volume: Volume } & OfPeriod)
  /** The store said that it knows why nothing is recorded from `at` on. */
  | ({ readonly said: "gap-opened"; readonly at: number; readonly cause: GapCause } & OfCamera)
  /** The store said that it knows that this gap ends at `at`. */
  | ({ readonly said: "gap-closed"; readonly at: number } & OfCamera);

/** Only what is on the way into the pipe is said: the trace has it where it was said. */
export const say = (mark: Mark): void => void writeSync(1, `MARK ${JSON.stringify(mark)}\n`);
export const markOf = (text: string): Mark => JSON.parse(text) as Mark;

export type Acknowledged = Extract<Mark, { said: "acknowledged" }>;
export type PromisedKey = Extract<Mark, { said: "key" }>;
export type Expired = Extract<Mark, { said: "expired" }>;

export interface PromisedGap extends OfCamera {
  readonly from: number;
  readonly cause: GapCause;
  /** Null while nobody was told that it is over. */
  to: number | null;
}

export interface Taken {
  readonly volume: Volume;
  /** When each picture came. */
  readonly at: number[];
}

const nameOf = ({ camera, periodStart }: OfPeriod): string => `${camera} ${periodStart}`;

/** What had been promised at some moment. */
export class Promised {
  /** Whether power had failed before: the start after it may have listed packs that nobody had ended. */
  readonly cutBefore: boolean;
  readonly acknowledged: Acknowledged[] = [];
  readonly gaps: PromisedGap[] = [];
  readonly expired: Expired[] = [];
  /** By camera. */
  readonly taken = new Map<string, Taken>();
  readonly #keys = new Map<string, PromisedKey>();
  readonly #destroyed = new Map<string, OfPeriod>();
  #now = 0;

  constructor(heard: readonly Mark[], cutBefore: boolean) {
    this.cutBefore = cutBefore;
    for (const mark of heard) this.#hear(mark);
  }

  #hear(mark: Mark): void {
    switch (mark.said) {
      case "taken": {
        const { camera, volume, at } = mark;
        const taken = this.taken.get(camera);
        if (taken) taken.at.push(at);
        else this.taken.set(camera, { volume, at: [at] });
        this.#now = Math.max(this.#now, at);
        break;
      }
      case "acknowledged":
        this.acknowledged.push(mark);
        break;
      case "key":
        this.#keys.set(nameOf(mark), mark);
        break;
      case "destroyed":
        this.#destroyed.set(nameOf(mark), mark);
        break;
      case "expired":
        this.expired.push(mark);
        break;
      case "gap-opened":
        this.gaps.push({ camera: mark.camera, from: mark.at, cause: mark.cause, to: null });
        break;
      case "gap-closed": {
        const open = this.gaps.findLast(({ camera, to }) => camera === mark.camera && to === null);
        if (open) open.to = mark.at;
      }
    }
  }

  /** Periods whose keys must never be seen again. */
  get destroyed(): Iterable<OfPeriod> {
    return this.#destroyed.values();
  }

  /** Keys that were handed out, and are so young that nothing may have begun to destroy them. */
  livingKeys(slackMs: number): PromisedKey[] {
    return [...this.#keys.values()].filter((one) => this.#lives(one, slackMs));
  }

  /** Acknowledged, and so young that nothing may have begun to remove it for its age. */
  living(slackMs: number): Acknowledged[] {
    return this.acknowledged.filter((one) => this.#lives(one, slackMs));
  }

  #lives(one: OfPeriod & { readonly expiry: number }, slackMs: number): boolean {
    return one.expiry > this.#now + slackMs && !this.#destroyed.has(nameOf(one));
  }
}
