/** A place among the open connection attempts of a site. */
export interface ConnectPlace {
  /** Gives it to the next in the queue; a second call does nothing. */
  release(): void;
}

interface Waiting {
  readonly start: (place: ConnectPlace) => void;
}

/**
 * How many cameras of a site are being connected to at the same time: after a power cut all of them answer in the same
 * second, and each keeps its attempt open for some.
 */
export class ConnectLimiter {
  readonly #limit: number;
  readonly #longestHoldMs: number;
  readonly #queue = new Set<Waiting>();
  #open = 0;

  /** @param longestHoldMs  after which a place is given on though its holder still tries: dead addresses are many, too. */
  constructor(limit = 32, longestHoldMs = 4_000) {
    this.#limit = limit;
    this.#longestHoldMs = longestHoldMs;
  }

  /** @returns leaves the queue, or gives back the place if it was given. */
  enter(start: (place: ConnectPlace) => void): () => void {
    let held: ConnectPlace | null = null;
    const waiting: Waiting = {
      start: (place) => {
        held = place;
        start(place);
      },
    };
    this.#queue.add(waiting);
    this.#fill();
    return () => {
      this.#queue.delete(waiting);
      held?.release();
    };
  }

  #fill(): void {
    for (const waiting of this.#queue) {
      if (this.#open >= this.#limit) return;
      this.#queue.delete(waiting);
      this.#open++;
      waiting.start(this.#place());
    }
  }

  #place(): ConnectPlace {
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      clearTimeout(timer);
      this.#open--;
      this.#fill();
    };
    const timer = setTimeout(release, this.#longestHoldMs);
    timer.unref();
    return { release };
  }
}
