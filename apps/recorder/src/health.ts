import type { CameraId, Instant, OvertError } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import type { Roster } from "@overt/rules";
import type { AnonymiserPool } from "./anonymiser/index.ts";
import type { CameraRecorder } from "./camera/camera-recorder.ts";
import type { TrustedClock } from "./clock.ts";
import type { RecorderConfig } from "./config.ts";
import { type HardeningFinding, hardeningFindings } from "./keys/hardening.ts";
import type { Keyring } from "./keys/keyring.ts";
import type { KeeperClient } from "./keystore/client.ts";
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
}

type Part = RecorderStatus["parts"][number];

const SPACE_EVERY_MS = 5_000;
const SLOW_ACK_MS = 2_000;
const SILENT_ACK_MS = 10_000;
const LEAST_FREE_BYTES = 2 * 2 ** 30;

/** What the recorder says of itself, for the health page and the centre. */
export class Health {
  readonly #sources: HealthSources;
  readonly #startedAt: Instant;
  readonly #timer: NodeJS.Timeout;
  /** What was last known stays shown: a writer that is away, or hung, answers again later. */
  readonly #space = new Map<StoreClient, Pick<StoreStats, "freeBytes" | "usedBytes">>();
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
      ...pool
        .parts()
        .map(({ name, ready, restarts, message }) =>
          this.#part(name, ready ? "ok" : message ? "failed" : "starting", restarts, message),
        ),
      ...this.#hardening.map(({ code, message, hint }) => this.#part(code, "degraded", 0, `${message} ${hint}`)),
    ];
  }

  #keeperMessage(): string | null {
    const { state } = this.#sources.keeper;
    if (state.state === "degraded") return state.places.find(({ problem }) => problem)?.problem?.message ?? null;
    return errorOf(state);
  }

  #part(name: string, state: Part["state"], restarts: number, message: string | null): Part {
    const known = this.#since.get(name);
    if (known?.state !== state) this.#since.set(name, { state, at: this.#sources.clock.now() });
    return { name, state, restarts, message, since: this.#since.get(name)?.at ?? this.#startedAt };
  }

  #volume(store: StoreClient): RecorderStatus["volumes"][number] {
    const { ackLatencyMs } = store;
    const space = this.#space.get(store) ?? { freeBytes: 0, usedBytes: 0 };
    const low = this.#space.has(store) && space.freeBytes < LEAST_FREE_BYTES;
    const slow = ackLatencyMs > SLOW_ACK_MS;
    const silent =
      ackLatencyMs > SILENT_ACK_MS && `This disk has taken ${Math.round(ackLatencyMs / 1000)} s for a write.`;
    const ok = stateOf(store.state.state);
    return {
      name: store.name,
      state: ok === "ok" && (low || slow) ? "degraded" : ok,
      ...space,
      ackLatencyMs,
      message: errorOf(store.state) ?? (silent || (low ? "Little space is left." : slow ? "The disk is slow." : null)),
    };
  }

  async #measure(): Promise<void> {
    for (const store of this.#sources.volumes.all)
      store.stats().then(
        ({ freeBytes, usedBytes }) => this.#space.set(store, { freeBytes, usedBytes }),
        () => {},
      );
    this.#hardening = await hardeningFindings();
  }
}

function stateOf(state: "starting" | "ok" | "degraded" | "failed"): Part["state"] {
  return state;
}

function errorOf(state: { state: string; error?: OvertError }): string | null {
  return state.error ? `${state.error.message} ${state.error.hint ?? ""}`.trim() : null;
}
