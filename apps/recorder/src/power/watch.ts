import type { DurationMs, Instant, OvertError, Track } from "@overt/core";
import { POWER_UNKNOWN, type PowerStatus } from "@overt/link";
import {
  isOnBattery,
  isOnLine,
  isPlannedCut,
  type Outage,
  POWER_LADDER,
  type PowerDecision,
  type PowerRung,
  powerDecision,
  safeStopInMs,
  siteSupply,
  type StopReason,
  type Supply,
  type UpsFacts,
  upsView,
} from "@overt/rules";
import type { Clock } from "../clock.ts";
import type { PowerConfig } from "./config.ts";
import type { PowerJournal } from "./journal.ts";
import { powerProblems } from "./problems.ts";
import { UpsMonitor } from "./ups-monitor.ts";

export interface PowerEffects {
  /** These are given up from now on, and no others. */
  shed(rungs: ReadonlySet<PowerRung>): void;
  /** The site is on battery: silence that has begun already may be filed anew. */
  wentOnBattery(): void;
  /** Once: the battery is at its end. */
  stop(because: StopReason): void;
  /** What was not recorded because of an outage that is over; null: that cannot be told yet. */
  countLost(outage: Outage): Promise<Readonly<Record<Track, DurationMs>> | null>;
}

export interface PowerWatchOptions {
  /** Null: nobody says how the power is. */
  readonly config: PowerConfig | null;
  readonly clock: Clock;
  readonly journal: PowerJournal;
  readonly effects: PowerEffects;
  readonly log: (event: object, message: string) => void;
  readonly onError: (error: OvertError) => void;
}

const LOOK_MS = 1_000;
/** By then cameras have come back, or their gap is another one's. */
const COUNT_AFTER_MS = 180_000;
/** A volume that is away may need somebody to plug it in. */
const COUNT_AGAIN_MS = 60_000;
const SHOWN_OUTAGES = 50;
/** Where a UPS does not tell at which charge it calls its battery low. */
const USUAL_LOW_PERCENT = 20;

interface Watched {
  readonly monitor: UpsMonitor;
  supply: Supply;
  since: Instant;
  /** While it is on line: what its battery had when that began. */
  charging: { readonly fromPercent: number; readonly sinceMs: number } | null;
}

/** Follows the UPSes of a site: notes what they say, and does what the rules make of it. */
export class PowerWatch {
  readonly #options: PowerWatchOptions;
  #ups: readonly Watched[] = [];
  #timer: NodeJS.Timeout | undefined;
  #supply: Supply = "unknown";
  #supplySince: Instant | null = null;
  #onLineSinceMs: number | null = null;
  #step = 0;
  #stopping = false;
  #counting = false;
  #countAtMs = 0;

  constructor(options: PowerWatchOptions) {
    this.#options = options;
  }

  /** From now on its effects are called. */
  start(): void {
    const { config, clock } = this.#options;
    this.#ups = (config?.ups ?? []).map((ups) => ({
      monitor: new UpsMonitor({
        ...ups,
        pollMs: (config?.pollSeconds ?? 0) * 1_000,
        monotonicMs: clock.monotonicMs,
        onHeard: () => this.#look(),
      }),
      supply: "unknown",
      since: clock.now(),
      charging: null,
    }));
    // Silence is noticed by nobody's answer.
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Leaves the UPSes' servers, so that their primary need not wait for us. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#ups.map(({ monitor }) => monitor.close()));
  }

  status(): PowerStatus {
    const { config, clock, journal } = this.#options;
    const { open, outages } = journal.history;
    const ups = this.#ups.map(statusOf);
    return {
      ...POWER_UNKNOWN,
      watched: config !== null,
      supply: this.#supply,
      since: this.#supplySince,
      ups,
      step: this.#step,
      shed: POWER_LADDER.slice(0, this.#step),
      safeStopInMs: this.#safeStopInMs(),
      outages: [...(open ? [open] : []), ...outages.slice(-SHOWN_OUTAGES).reverse()],
      problems: powerProblems({
        ups,
        open,
        last: outages.at(-1) ?? null,
        plannedNow: isPlannedCut(config?.planned ?? [], clock.now()),
        lastsMs: this.#lastsMs,
        journal: journal.problem,
      }),
    };
  }

  #look(): void {
    if (this.#stopping) return;
    for (const each of this.#ups) this.#followUps(each);
    this.#followSite();
    this.#act(this.#decide());
    this.#count();
  }

  #followUps(each: Watched): void {
    const { monitor } = each;
    const { supply } = upsView(monitor.reading, monitor.silentMs);
    const charge = monitor.reading?.chargePercent ?? null;
    const { clock } = this.#options;
    if (supply !== "on_line" || charge === null) each.charging = null;
    else each.charging ??= { fromPercent: charge, sinceMs: clock.monotonicMs() };
    if (supply === each.supply) return;
    each.supply = supply;
    each.since = clock.now();
    this.#options.log({ ups: monitor.name, supply, chargePercent: charge }, "UPS");
  }

  #followSite(): void {
    const { clock, config, journal, effects } = this.#options;
    const facts = this.#facts();
    this.#onLineSinceMs = isOnLine(facts) ? (this.#onLineSinceMs ?? clock.monotonicMs()) : null;
    const supply = siteSupply(facts);
    if (supply === this.#supply) return;
    const before = this.#supply;
    const at = clock.now();
    this.#supply = supply;
    this.#supplySince = at;
    const planned = isPlannedCut(config?.planned ?? [], at);
    const charges = this.#own
      .map(({ monitor }) => monitor.reading?.chargePercent ?? null)
      .filter((each) => each !== null);
    const chargePercent = charges.length === 0 ? null : Math.min(...charges);
    void journal.note({ kind: "supply", at, supply, planned, chargePercent });
    this.#options.log({ supply, planned, chargePercent }, "power");
    if (isOnBattery(supply) && !isOnBattery(before)) effects.wentOnBattery();
  }

  #decide(): PowerDecision {
    const { config, clock } = this.#options;
    if (!config) return { act: "go_on" };
    return powerDecision({
      ups: this.#facts(),
      step: this.#step,
      onLineMs: this.#onLineSinceMs === null ? 0 : clock.monotonicMs() - this.#onLineSinceMs,
      thresholds: config.thresholds,
      lastsMs: this.#lastsMs,
    });
  }

  #act(decision: PowerDecision): void {
    const { effects, log } = this.#options;
    if (decision.act === "stop") {
      this.#stopping = true;
      log({ because: decision.because }, "the power ends: the recorder stops");
      effects.stop(decision.because);
      return;
    }
    const step = decision.act === "shed" ? decision.step : 0;
    if (step === this.#step) return;
    this.#step = step;
    const shed = POWER_LADDER.slice(0, step);
    void this.#options.journal.note({ kind: "step", at: this.#options.clock.now(), step });
    log({ step, shed }, "power ladder");
    effects.shed(new Set(shed));
  }

  #count(): void {
    const { journal, clock, effects, onError } = this.#options;
    const due = journal.history.outages.find(
      ({ end, lostMs }) => lostMs === null && end !== null && clock.now() >= end + COUNT_AFTER_MS,
    );
    if (!due || this.#counting || clock.monotonicMs() < this.#countAtMs) return;
    this.#counting = true;
    effects
      .countLost(due)
      .then((lostMs) => lostMs && journal.note({ kind: "counted", start: due.start, lostMs }))
      .catch(onError)
      .finally(() => {
        this.#counting = false;
        this.#countAtMs = clock.monotonicMs() + COUNT_AGAIN_MS;
      });
  }

  #safeStopInMs(): DurationMs | null {
    const nowMs = this.#options.clock.monotonicMs();
    const each = this.#own.flatMap(({ monitor, charging }) => {
      if (!charging) return [];
      const inMs = safeStopInMs({
        chargePercent: monitor.reading?.chargePercent ?? null,
        fromPercent: charging.fromPercent,
        forMs: nowMs - charging.sinceMs,
        lowPercent: monitor.lowPercent ?? USUAL_LOW_PERCENT,
      });
      return inMs === null ? [] : [inMs];
    });
    // One battery that can carry it is enough.
    return each.length === 0 ? null : Math.min(...each);
  }

  get #own(): readonly Watched[] {
    return this.#ups.filter(({ monitor }) => monitor.feeds === "recorder");
  }

  get #lastsMs(): DurationMs | null {
    const { batteryMinutes } = this.#options.config ?? {};
    return batteryMinutes === undefined ? null : batteryMinutes * 60_000;
  }

  #facts(): UpsFacts[] {
    return this.#ups.map(({ monitor: { feeds, reading, silentMs } }) => ({ feeds, reading, silentMs }));
  }
}

function statusOf({ monitor, since }: Watched): PowerStatus["ups"][number] {
  const { name, feeds, reading, silentMs, problem } = monitor;
  const { supply, states } = upsView(reading, silentMs);
  return {
    name,
    feeds,
    supply,
    states: [...states],
    since,
    chargePercent: reading?.chargePercent ?? null,
    runtimeMs: reading?.runtimeMs ?? null,
    loadPercent: reading?.loadPercent ?? null,
    inputVolts: reading?.inputVolts ?? null,
    problem: problem && { code: problem.code, message: problem.message, hint: problem.hint ?? null },
  };
}
