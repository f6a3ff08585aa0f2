/** What the load says of itself, one word a line, so that it stands in the trace where it was said. */
export type Mark =
  /** Everything of this camera up to here was handed over. */
  | { readonly said: "handed"; readonly camera: string; readonly until: number }
  /** This fragment was acknowledged: whoever asks the timeline sees it. */
  | {
      readonly said: "acknowledged";
      readonly camera: string;
      readonly segment: string;
      readonly counter: number;
      readonly from: number;
      readonly until: number;
      readonly sha256: string;
      readonly periodStart: number;
      readonly expiry: number;
    }
  /** The key of this period was handed out. */
  | { readonly said: "key"; readonly camera: string; readonly periodStart: number; readonly sha256: string }
  /** The keeper said that the key of this period is destroyed. */
  | { readonly said: "destroyed"; readonly camera: string; readonly periodStart: number };

export const markText = (mark: Mark): string => `MARK ${JSON.stringify(mark)}\n`;
export const markOf = (text: string): Mark => JSON.parse(text) as Mark;

export type Acknowledged = Extract<Mark, { said: "acknowledged" }>;

const nameOf = ({ camera, periodStart }: { camera: string; periodStart: number }): string => `${camera} ${periodStart}`;

/** What had been promised at some moment. */
export class Promised {
  readonly acknowledged: Acknowledged[] = [];
  /** By camera. */
  readonly handed = new Map<string, number>();
  readonly #keys = new Map<string, string>();
  readonly #destroyed = new Map<string, { camera: string; periodStart: number }>();
  #now = 0;

  hear(mark: Mark): void {
    switch (mark.said) {
      case "handed":
        this.handed.set(mark.camera, mark.until);
        this.#now = Math.max(this.#now, mark.until);
        break;
      case "acknowledged":
        this.acknowledged.push(mark);
        break;
      case "key":
        this.#keys.set(nameOf(mark), mark.sha256);
        break;
      case "destroyed":
        this.#destroyed.set(nameOf(mark), mark);
    }
  }

  /** Periods whose keys must never be seen again. */
  get destroyed(): Iterable<{ camera: string; periodStart: number }> {
    return this.#destroyed.values();
  }

  keyOf(of: { camera: string; periodStart: number }): string | undefined {
    return this.#keys.get(nameOf(of));
  }

  /** Acknowledged, and so young that nothing may have begun to remove it. */
  living(slackMs: number): Acknowledged[] {
    return this.acknowledged.filter((one) => one.expiry > this.#now + slackMs && !this.#destroyed.has(nameOf(one)));
  }
}
