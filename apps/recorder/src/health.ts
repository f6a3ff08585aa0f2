import { type CameraId, type DurationMs, type Instant, instant, iso, type OvertError } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import type { Roster } from "@overt/rules";
import type { AnonymiserPool } from "./anonymiser/index.ts";
import type { CameraRecorder } from "./camera/camera-recorder.ts";
import type { TrustedClock } from "./clock.ts";
import type { RecorderConfig } from "./config.ts";
import { type HardeningFinding, hardeningFindings } from "./keys/hardening.ts";
import type { Keyring } from "./keys/keyring.ts";
import type { KeeperClient } from "./keystore/client.ts";
import { AWAY_LIMIT_MS } from "./keystore/keys.ts";
import type { PowerWatch } from "./power/watch.ts";
import type { StoreClient, StoreStats } from "./store/client.ts";
import type { Volumes } from "./store/volumes.ts";

export interface HealthSources {
  readonly config: RecorderConfig;
  readonly clock: TrustedClock;
  readonly roster: Roster | null;
  readonly rosterProblem: string | null;
  readonly volumes: Volumes;
  readonly keeper: KeeperClient;
  readonly keyring: Keyring;
  readonly pool: AnonymiserPool;
  readonly cameras: ReadonlyMap<CameraId, CameraRecorder>;
  readonly power: PowerWatch;
}

type Space = Pick<StoreStats, "freeBytes" | "usedBytes" | "daysUntilLoss">;
const NO_SPACE: Space = { freeBytes: 0, usedBytes: 0, daysUntilLoss: null };

type Part = RecorderStatus["parts"][number];

const SPACE_EVERY_MS = 5_000;
const SLOW_ACK_MS = 2_000;
const SILENT_ACK_MS = 10_000;
/** Time to buy a disk. */
const WARN_DAYS = 14;
const LEAST_FREE_BYTES = 2 * 2 ** 30;

/** What the recorder says of itself, for the health page and the centre. */
export class Health {
  readonly #sources: HealthSources;
  readonly #startedAt: Instant;
  readonly #timer: NodeJS.Timeout;
  /** What was last known stays shown: a writer that is away, or hung, answers again later. */
  readonly #space = new Map<StoreClient, Space>();
  #hardening: readonly HardeningFinding[] = [];
  /** Since when each part is in its state. */
  readonly #since = new Map<string, { state: string; at: Instant }>();

  constructor(sources: HealthSources) {
    this.#sources = sources;
    this.#startedAt = sources.clock.now();
    this.#timer = setInterval(() => void this.#measure(), SPACE_EVERY_MS).unref();
    void this.#measure();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  status(): RecorderStatus {
    const { config, clock, roster, rosterProblem, pool, cameras, volumes } = this.#sources;
    return {
      recorder: config.id,
      site: config.site,
      at: clock.now(),
      startedAt: this.#startedAt,
      version: config.version,
      trustedTime: { at: clock.now(), doubt: clock.doubts[0] ?? null },
      roster: {
        version: roster?.version ?? 0,
        custodians: roster ? roster.groups.operations.custodians.length + roster.groups.oversight.custodians.length : 0,
        problem: rosterProblem,
      },
      cameras: [...cameras.values()].map((camera) => camera.status()),
      anonymiser: pool.status(),
      parts: this.#parts(),
      volumes: volumes.all.map((store) => this.#volume(store)),
      power: this.#sources.power.status(),
      demoKeys: config.demoKeys,
    };
  }

  #parts(): Part[] {
    const { volumes, keeper, keyring, pool, clock } = this.#sources;
    const { problem } = clock;
    return [
      this.#part("recorder", "ok", 0, null),
      this.#part("trusted time", problem ? "degraded" : "ok", 0, problem && `${problem.message} ${problem.hint}`),
      ...volumes.all.map((store) =>
        this.#part(`writer ${store.name}`, stateOf(store.state.state), store.restarts, errorOf(store.state)),
      ),
      this.#part("key store", stateOf(keeper.state.state), keeper.restarts, this.#keeperMessage()),
      this.#part(
        "key children",
        keyring.failing.length > 0 ? "failed" : "ok",
        0,
        keyring.failing[0]?.error.message ?? null,
      ),
      this.#power(),
      ...pool
        .parts()
        .map(({ name, ready, restarts, message }) =>
          this.#part(name, ready ? "ok" : message ? "failed" : "starting", restarts, message),
        ),
      ...this.#hardening.map(({ code, message, hint }) => this.#part(code, "degraded", 0, `${message} ${hint}`)),
    ];
  }

  #power(): Part {
    const { watched, problems } = this.#sources.power.status();
    const worst = problems[0]?.severity;
    const state = worst === "high" ? "failed" : worst === "medium" ? "degraded" : "ok";
    const said = problems.map(({ severity, message, hint }) => `${severity}: ${message} ${hint ?? ""}`.trim());
    return this.#part("power", state, 0, watched ? said.join(" ") || null : "Not known: no UPS is configured.");
  }

  #keeperMessage(): string | null {
    const { state } = this.#sources.keeper;
    if (state.state === "degraded") {
      const problem = state.places.find((place) => place.problem)?.problem;
      if (!problem) return null;
      const why = `${problem.message} ${problem.hint ?? ""}`.trim();
      if (state.awaySince === null) return why;
      return `${why} Recording ends at ${iso(instant(state.awaySince + AWAY_LIMIT_MS))} unless it is back.`;
    }
    return errorOf(state);
  }

  #part(name: string, state: Part["state"], restarts: number, message: string | null): Part {
    const known = this.#since.get(name);
    if (known?.state !== state) this.#since.set(name, { state, at: this.#sources.clock.now() });
    return { name, state, restarts, message, since: this.#since.get(name)?.at ?? this.#startedAt };
  }

  #volume(store: StoreClient): RecorderStatus["volumes"][number] {
    const { ackLatencyMs } = store;
    const state = stateOf(store.state.state);
    const space = this.#space.get(store);
    const worry = worryOf(ackLatencyMs, space ?? null);
    return {
      name: store.name,
      state: state === "ok" && worry ? "degraded" : state,
      ...(space ?? NO_SPACE),
      ackLatencyMs,
      message: errorOf(store.state) ?? worry,
    };
  }

  async #measure(): Promise<void> {
    for (const store of this.#sources.volumes.all)
      store.stats().then(
        ({ freeBytes, usedBytes, daysUntilLoss }) => this.#space.set(store, { freeBytes, usedBytes, daysUntilLoss }),
        () => {},
      );
    this.#hardening = await hardeningFindings();
  }
}

/** What is to be said of a volume that works. */
function worryOf(ackLatencyMs: DurationMs, space: Space | null): string | null {
  if (ackLatencyMs > SILENT_ACK_MS) return `This disk has taken ${Math.round(ackLatencyMs / 1000)} s for a write.`;
  const days = space?.daysUntilLoss ?? null;
  if (days === 0 || (space && space.freeBytes < LEAST_FREE_BYTES))
    return "It is full: footage goes before its retention ends. Send less, shorten retention, or add a disk.";
  if (days !== null && days < WARN_DAYS) {
    const when = days < 2 ? `${Math.ceil(days * 24)} hours` : `${Math.floor(days)} days`;
    return `In ${when} it is full, before retention makes room. Send less, shorten retention, or add a disk.`;
  }
  return ackLatencyMs > SLOW_ACK_MS ? "The disk is slow." : null;
}

function stateOf(state: "starting" | "ok" | "degraded" | "failed"): Part["state"] {
  return state;
}

function errorOf(state: { state: string; error?: OvertError }): string | null {
  return state.error ? `${state.error.message} ${state.error.hint ?? ""}`.trim() : null;
}
