import { readdirSync, readFileSync, statSync } from "node:fs";
import { HEAD_SLOTS, SLOT_BYTES } from "@overt/recorder/keystore/slot";
import { familyOf, memoryOf, titleOf } from "../ingest/usage.ts";
import { meansOf, type Slope, slopeOf } from "./slope.ts";

export interface Sample {
  readonly atMs: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Key children live for a moment, and are not counted: how many there are is chance. */
const LASTING = /^overt-(recorder|store|keeper|anonymiser)/;
const SLOT_LIVE = 1;
const SLOT_DEAD = 2;
/** Of two places: its bytes, with the room to grow, and where it is. By design it stays for a week. */
const DEAD_SLOT_BYTES = 2 * (SLOT_BYTES * 1.25 + 32);

const ALL = "memory of all processes, but for dead keys' slots";
const KEEPER = "memory of the key store, but for dead keys' slots";

export const UNITS: readonly (readonly [measure: string, unit: string, per: number])[] = [
  [ALL, "MB", 1e6],
  ["memory of the recorder", "MB", 1e6],
  ["memory of the writer", "MB", 1e6],
  [KEEPER, "MB", 1e6],
  ["memory of the anonymiser", "MB", 1e6],
  ["file handles of all processes", "", 1],
  ["threads of all processes", "", 1],
  ["index, with its log", "MB", 1e6],
  ["keys that live", "", 1],
  ["packs", "", 1],
];
const NAMES: Readonly<Record<string, string>> = {
  recorder: "memory of the recorder",
  store: "memory of the writer",
  keeper: KEEPER,
  anonymiser: "memory of the anonymiser",
};

/** Looks at a recorder's processes and files from outside, again and again. */
export class Sampler {
  readonly samples: Sample[] = [];
  /** Processes that ended and nobody had killed. */
  readonly vanished: string[] = [];
  readonly #dir: string;
  readonly #root: () => number | null;
  readonly #killed: ReadonlySet<number>;
  #alive = new Map<number, string>();

  constructor(dir: string, root: () => number | null, killed: ReadonlySet<number>) {
    this.#dir = dir;
    this.#root = root;
    this.#killed = killed;
  }

  look(): void {
    const root = this.#root();
    const alive = new Map<number, string>();
    const values = new Map<string, number>(UNITS.map(([measure]) => [measure, 0]));
    const add = (measure: string, value: number): void => void values.set(measure, (values.get(measure) ?? 0) + value);
    for (const pid of root === null ? [] : familyOf(root)) {
      const kind = LASTING.exec(titleOf(pid) ?? "")?.[1];
      if (kind === undefined) continue;
      alive.set(pid, kind);
      const memory = memoryOf(pid);
      add(ALL, memory);
      add(NAMES[kind] as string, memory);
      add("file handles of all processes", entries(`/proc/${pid}/fd`).length);
      add("threads of all processes", entries(`/proc/${pid}/task`).length);
    }
    const keys = this.#keys();
    for (const measure of [KEEPER, ALL]) add(measure, -keys.dead * DEAD_SLOT_BYTES);
    for (const [pid, kind] of this.#alive)
      if (!alive.has(pid) && !this.#killed.has(pid)) this.vanished.push(`${kind} ${pid}`);
    this.#alive = alive;
    add(
      "index, with its log",
      sizeOf(`${this.#dir}/footage/index.sqlite`) + sizeOf(`${this.#dir}/footage/index.sqlite-wal`),
    );
    add("keys that live", keys.live);
    add("packs", entries(`${this.#dir}/footage/packs`, true).filter((name) => name.endsWith(".pack")).length);
    this.samples.push({ atMs: Date.now(), values });
  }

  /** What was measured from `fromMs` on, by measure. */
  slopes(fromMs: number, stretchMs: number): Map<string, Slope> {
    const samples = this.samples.filter(({ atMs }) => atMs >= fromMs);
    return new Map(
      UNITS.map(([measure]) => {
        const values = samples.map(({ atMs, values }) => [atMs, values.get(measure) ?? 0] as const);
        return [measure, slopeOf(meansOf(values, stretchMs))];
      }),
    );
  }

  sizes(): { keyStoreBytes: number; gapLogBytes: number } {
    return {
      keyStoreBytes: sizeOf(`${this.#dir}/keys-a/overt-keys.slots`),
      gapLogBytes: sizeOf(`${this.#dir}/footage/gaps.log`),
    };
  }

  #keys(): { live: number; dead: number } {
    const slots = readFileSync(`${this.#dir}/keys-a/overt-keys.slots`);
    const keys = { live: 0, dead: 0 };
    for (let at = HEAD_SLOTS * SLOT_BYTES; at < slots.length; at += SLOT_BYTES) {
      if (slots[at + 4] === SLOT_LIVE) keys.live++;
      if (slots[at + 4] === SLOT_DEAD) keys.dead++;
    }
    return keys;
  }
}

function entries(path: string, recursive = false): string[] {
  return orNothing(() => readdirSync(path, { recursive }).map(String), []);
}

const sizeOf = (path: string): number => orNothing(() => statSync(path).size, 0);

/** A process that ended, or a file that went, while we looked. */
function orNothing<Found>(look: () => Found, nothing: Found): Found {
  try {
    return look();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return nothing;
    throw thrown;
  }
}
