import { setTimeout as wait } from "node:timers/promises";
import { type DurationMs, instant, OvertError } from "@overt/core";
import type { DemoOutage, DemoOutageRequest } from "@overt/link";

/** What hangs on a simulated site's feeder. */
export interface SiteLoads {
  readonly site: string;
  /** The UPS of the recorder, as its network interface tells. */
  readonly ups: {
    onLine(): void;
    /** It says that it is low after this time. */
    onBattery(lowInMs: DurationMs): void;
  };
  /** Cameras have no battery. */
  readonly camerasOff: () => Promise<void>;
  readonly camerasOn: () => Promise<void>;
  /** The recorder's machine, as the plug leaves it. */
  readonly recorderOff: () => Promise<void>;
  readonly recorderOn: () => Promise<void>;
}

/** Between the UPS's warning and the end of its output: it is asked every 5 s, and the recorder ends within 5 s. */
const WARNING_MS = 10_000;

/** Pulls the plug of a simulated site, and puts it back. */
export class SitePower {
  readonly #loads: SiteLoads;
  #now: DemoOutage;
  #over: Promise<void> = Promise.resolve();

  constructor(loads: SiteLoads) {
    this.#loads = loads;
    this.#now = { site: loads.site as DemoOutage["site"], phase: "on_line", since: null, until: null };
  }

  get state(): DemoOutage {
    return this.#now;
  }

  /** Resolves when the outage that lasts is over. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** Begins an outage, which then runs by itself. @throws OvertError `SITE_UNKNOWN`, `OUTAGE_RUNNING` */
  begin(request: DemoOutageRequest, onError: (error: unknown) => void): DemoOutage {
    if (request.site !== this.#now.site)
      throw new OvertError("SITE_UNKNOWN", `The demo has no site "${request.site}".`, {
        hint: `Its only site is "${this.#now.site}".`,
      });
    if (this.#now.phase !== "on_line")
      throw new OvertError("OUTAGE_RUNNING", `The power of ${request.site} is away already.`, {
        hint: "Wait until it is back.",
      });
    this.#become("on_battery", instant(Date.now() + request.seconds * 1_000));
    this.#over = this.#run(request).catch(onError);
    return this.#now;
  }

  async #run({ seconds, batterySeconds }: DemoOutageRequest): Promise<void> {
    const { ups, camerasOff, camerasOn, recorderOff, recorderOn } = this.#loads;
    const wholeMs = seconds * 1_000;
    const batteryMs = Math.min(wholeMs, batterySeconds * 1_000);
    const endsEmpty = batteryMs + WARNING_MS < wholeMs;
    ups.onBattery(batterySeconds * 1_000);
    await camerasOff();
    await wait(batteryMs);
    if (endsEmpty) {
      await wait(WARNING_MS);
      await recorderOff();
      this.#become("off", this.#now.until);
      await wait(wholeMs - batteryMs - WARNING_MS);
    }
    ups.onLine();
    this.#become("starting", null);
    await camerasOn();
    if (endsEmpty) await recorderOn();
    this.#become("on_line", null);
  }

  #become(phase: DemoOutage["phase"], until: DemoOutage["until"]): void {
    this.#now = { ...this.#now, phase, since: instant(Date.now()), until };
  }
}
