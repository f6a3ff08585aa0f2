import { createHash } from "node:crypto";
import {
  asOvertError,
  type CameraId,
  type DurationMs,
  type Instant,
  laterOf,
  OvertError,
  type Track,
} from "@overt/core";
import type { Timeline } from "@overt/link";
import { parseRecord, parseSegmentHeader } from "@overt/seal";
import { StoreClient, type StoreClientOptions, type StoreState } from "./client.ts";
import type { StoredPiece } from "./pieces.ts";
import type { Finding } from "./recovery.ts";
import type { CameraPeriod, DeadPeriod } from "./removal.ts";
import { mergeTimelines } from "./timeline.ts";

export interface VolumesOptions
  extends Pick<
    StoreClientOptions,
    "recorder" | "run" | "awayCause" | "trustedNow" | "retentionClassOf" | "keepRules" | "limits"
  > {
  readonly volumes: readonly {
    readonly name: string;
    readonly path: string;
    readonly backlogBytes?: number | undefined;
  }[];
  /** `volume` is where the camera's footage shall lie; without it `homeFor` chooses. */
  readonly cameras: readonly { readonly id: CameraId; readonly volume?: string | undefined }[];
  /** Outside every volume: see `StoreClientOptions.rememberAt`. */
  readonly rememberIn: string;
  /** Periods of which no volume has footage any more. */
  readonly onEvicted: (periods: readonly CameraPeriod[]) => void;
  readonly onFinding: (volume: string, finding: Finding) => void;
  /** See `StoreClientOptions`. */
  readonly onListed?: (store: StoreClient) => void;
  /** Trusted time of a volume's last commit, each time it is opened: now is not before it. */
  readonly onLastAt?: (at: Instant) => void;
  readonly onError: (error: OvertError) => void;
}

/** Four seconds of a camera of 4 Mbit/s: a disk that needs one for a sync must not cost anything. */
const BACKLOG_BYTES_PER_CAMERA = 2 * 2 ** 20;
const LEAST_BACKLOG_BYTES = 64 * 2 ** 20;
/** What a volume has not answered by then is left out, and said to be. */
const ANSWER_MS = 5_000;
/** Longer than a disk needs to wake; a start is to be done in 10 s (promise 9). */
const OPEN_MS = 4_000;

/** A volume that is not there yet, or not yet there again. Any other fault of a store is one of the configuration. */
const ABSENT = new Set(["STORE_ABSENT", "PEER_GONE", "PEER_FAILED"]);

/**
 * The recorder's footage volumes. Each has a writer process, a bounded backlog and an index of its own, so one that is
 * slow, full, hung or away costs the cameras that are at home there their recording, and nobody else anything.
 */
export class Volumes {
  readonly all: readonly StoreClient[];
  readonly #homes: ReadonlyMap<CameraId, StoreClient>;
  readonly #onError: (error: OvertError) => void;
  /** Cameras that each volume has footage of; no entry as long as it was never open. */
  readonly #holds = new Map<StoreClient, Set<CameraId>>();

  constructor(options: VolumesOptions) {
    const { volumes, cameras, onError } = options;
    this.#onError = onError;
    const names = volumes.map(({ name }) => name);
    const homes = new Map(cameras.map(({ id, volume }) => [id, volume ?? homeFor(id, names)]));
    this.all = volumes.map((volume) => {
      const own = [...homes.values()].filter((name) => name === volume.name).length;
      const store: StoreClient = new StoreClient({
        name: volume.name,
        directory: volume.path,
        recorder: options.recorder,
        run: options.run,
        trustedNow: options.trustedNow,
        ...(options.awayCause && { awayCause: options.awayCause }),
        backlogBytes: volume.backlogBytes ?? Math.max(LEAST_BACKLOG_BYTES, own * BACKLOG_BYTES_PER_CAMERA),
        rememberAt: `${options.rememberIn}/store-${volume.name}.json`,
        ...(options.limits && { limits: options.limits }),
        ...(options.retentionClassOf && { retentionClassOf: options.retentionClassOf }),
        keepRules: () => (options.keepRules?.() ?? []).filter(({ camera }) => this.#hasAt(store, camera)),
        onState: (state) => this.#opened(store, state, options.trustedNow),
        onEvicted: (periods) => this.#evicted(store, periods, options.onEvicted),
        ...(options.onLastAt && { onLastAt: options.onLastAt }),
        onFinding: (finding) => options.onFinding(volume.name, finding),
        onListed: () => {
          this.#opened(store, store.state, options.trustedNow);
          options.onListed?.(store);
        },
      });
      return store;
    });
    const byName = new Map(this.all.map((store) => [store.name, store]));
    this.#homes = new Map([...homes].map(([id, name]) => [id, byName.get(name) as StoreClient]));
  }

  /**
   * Resolves when each volume is open, has failed, or has had its time: a recorder records what it can.
   *
   * @throws OvertError when no volume can be used, and not because it is away (that may pass): somebody must act
   */
  async ready(): Promise<void> {
    const opened = await Promise.allSettled(this.all.map((store) => within(OPEN_MS, store.name, store.ready())));
    const reasons = opened.flatMap((result) => (result.status === "rejected" ? [asOvertError(result.reason)] : []));
    for (const reason of reasons) this.#onError(reason);
    const [first] = reasons;
    const isFault = ({ code }: OvertError): boolean => !ABSENT.has(code) && code !== "VOLUME_SILENT";
    if (first && reasons.length === this.all.length && reasons.every(isFault)) throw first;
  }

  /** Where what the camera sends now is stored. */
  homeOf(camera: CameraId): StoreClient {
    const home = this.#homes.get(camera) ?? this.all[0];
    if (!home) throw new OvertError("VOLUME_UNKNOWN", "This recorder has no volume.");
    return home;
  }

  /** What is recorded, wherever it lies. `away` names volumes that did not answer and may hold more. */
  async timeline(camera: CameraId, from: Instant, to: Instant): Promise<Timeline> {
    const holders = this.#holdersOf(camera);
    const asked = holders.map((store) =>
      Promise.all([store.timeline(camera, "original", from, to), store.timeline(camera, "anonymised", from, to)]),
    );
    const answers = await Promise.allSettled(
      asked.map((answer, i) => within(ANSWER_MS, holders[i]?.name ?? "", answer)),
    );
    const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    const silent = holders.filter((_, i) => answers[i]?.status === "rejected");
    return {
      original: mergeTimelines(told.map(([original]) => original)),
      anonymised: mergeTimelines(told.map(([, anonymised]) => anonymised)),
      away: [...silent, ...this.all.filter((store) => !this.#holds.has(store) && !silent.includes(store))].map(
        ({ name }) => name,
      ),
    };
  }

  /** As `StoreClient.read`, of all volumes that hold something of the camera, in order of time. */
  async *read(camera: CameraId, track: Track, from: Instant, to: Instant): AsyncGenerator<StoredPiece> {
    const readers = this.#holdersOf(camera).map((store) => inTime(store.name, store.read(camera, track, from, to)));
    const [only, ...others] = readers;
    if (only && others.length === 0) yield* only;
    else yield* inOrder(readers);
  }

  /** The periods of one volume. @throws OvertError `VOLUME_SILENT`, or why it has none */
  periods(store: StoreClient): Promise<readonly CameraPeriod[]> {
    return within(ANSWER_MS, store.name, store.periods());
  }

  /** See `StoreClient.expire`. A volume that is away is told when it is back. */
  async expire(periods: readonly DeadPeriod[]): Promise<void> {
    await Promise.all(this.all.map((store) => store.expire(periods)));
  }

  /** See `StoreClient.close`. @returns whether all were closed in time */
  async close(limitMs?: DurationMs): Promise<boolean> {
    return (await Promise.all(this.all.map((store) => store.close(limitMs)))).every((closed) => closed);
  }

  /** When one of them was written last by another run of the recorder; `null` when none was, or none answers. */
  get lastAlive(): Instant | null {
    const times = this.all.map(({ lastAlive }) => lastAlive).filter((at) => at !== null);
    return times.length === 0 ? null : times.reduce(laterOf);
  }

  #hasAt(store: StoreClient, camera: CameraId): boolean {
    return this.#homes.get(camera) === store || this.#holds.get(store)?.has(camera) === true;
  }

  /** Its home first: there its newest footage lies. */
  #holdersOf(camera: CameraId): StoreClient[] {
    const home = this.homeOf(camera);
    return [home, ...this.all.filter((store) => store !== home && this.#hasAt(store, camera))];
  }

  /** Once it is open: what does it hold, and which of its cameras have moved? Their gaps here end, and go on at home. */
  #opened(store: StoreClient, { state }: StoreState, now: () => Instant): void {
    if (state !== "ok") return;
    const look = async (): Promise<void> => {
      this.#holds.set(store, new Set((await store.periods()).map(({ camera }) => camera)));
      for (const { camera, track } of await store.lastingGaps())
        if (this.#homes.get(camera) !== store) await store.gapClose(camera, track, now());
    };
    look().catch((thrown) => this.#onError(asOvertError(thrown)));
  }

  /** A period's key may die only when no other volume has footage of it: its camera may have moved meanwhile. */
  #evicted(store: StoreClient, periods: readonly CameraPeriod[], tell: VolumesOptions["onEvicted"]): void {
    const others = this.all.filter((other) => other !== store);
    const mayHold = (other: StoreClient, camera: CameraId): boolean =>
      this.#homes.get(camera) === other || (this.#holds.get(other)?.has(camera) ?? true);
    const free = periods.filter(({ camera }) => !others.some((other) => mayHold(other, camera)));
    if (free.length > 0) tell(free);
  }
}

/**
 * The volume of a camera that names none: the one whose name, hashed with the camera's, is highest (rendezvous hashing,
 * Thaler and Ravishankar 1998). Adding a volume moves to it its own share of the cameras, and none between the others.
 */
export function homeFor(camera: CameraId, volumes: readonly string[]): string {
  const weight = (volume: string): string => createHash("sha256").update(`${volume}\n${camera}`).digest("hex");
  return volumes.reduce((best, volume) => (weight(volume) > weight(best) ? volume : best), volumes[0] ?? "");
}

async function* inOrder(readers: readonly AsyncGenerator<StoredPiece>[]): AsyncGenerator<StoredPiece> {
  const next = async (reader: AsyncGenerator<StoredPiece>) => {
    const { value, done } = await reader.next();
    return done ? [] : [{ reader, piece: value, start: startOf(value) }];
  };
  let heads = (await Promise.all(readers.map(next))).flat();
  try {
    while (heads.length > 0) {
      const first = heads.reduce((a, b) => (b.start < a.start ? b : a));
      yield first.piece;
      heads = [...heads.filter((head) => head !== first), ...(await next(first.reader))];
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return(undefined)));
  }
}

/** @throws OvertError `VOLUME_SILENT` when a piece takes too long */
async function* inTime(volume: string, pieces: AsyncGenerator<StoredPiece>): AsyncGenerator<StoredPiece> {
  for (;;) {
    const { value, done } = await within(ANSWER_MS, volume, pieces.next());
    if (done) return;
    yield value;
  }
}

/** A piece whose header is lost cannot be opened: when it comes makes no difference. */
function startOf({ header }: StoredPiece): number {
  const record = header && parseRecord(header);
  const parsed = record && !("problem" in record) ? parseSegmentHeader(record) : null;
  return parsed && !("problem" in parsed) ? parsed.start : 0;
}

/** @throws OvertError `VOLUME_SILENT` */
function within<T>(limitMs: number, volume: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new OvertError("VOLUME_SILENT", `Volume "${volume}" has not answered for ${limitMs / 1000} s.`, {
            hint: "Its disk may be failing, or a network share be away. Other volumes go on.",
          }),
        ),
      limitMs,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
