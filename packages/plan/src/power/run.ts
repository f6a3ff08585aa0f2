import { hours, type Span } from "@overt/core";
import { type Battery, capacityWh, drainW, floorWh, mostChargeW } from "./battery.ts";
import { stretches } from "./stretches.ts";
import type { Energy, Piece, Stretch, Supply } from "./supply.ts";

/**
 * What becomes of a supply over a span, piece by piece. Nothing is averaged: within a piece all is constant, and a piece
 * ends in the moment in which the battery is empty, full or slows down.
 */
export function* run(supply: Supply, span: Span): Generator<Piece> {
  if (!supply.battery) return yield* withoutBattery(supply, span);
  const store = new Store(supply.battery, supply.beginsAtShare ?? 1);
  for (const stretch of stretches(supply, span)) yield* store.through(stretch);
}

function* withoutBattery(supply: Supply, span: Span): Generator<Piece> {
  for (const stretch of stretches(supply, span)) {
    const wh = (stretch.loadW * (stretch.toMs - stretch.fromMs)) / hours(1);
    const on = stretch.mains;
    const unusedWh = (stretch.solarW * (stretch.toMs - stretch.fromMs)) / hours(1);
    const energy = {
      mainsWh: on ? wh : 0,
      solarWh: 0,
      unusedWh,
      loadWh: on ? wh : 0,
      missedWh: on ? 0 : wh,
      lostWh: 0,
    };
    yield { ...stretch, on, chargeFromWh: 0, chargeToWh: 0, energy };
  }
}

/** Watts from and to everything, as they are now. */
interface Flow {
  readonly mainsW: number;
  readonly solarW: number;
  readonly loadW: number;
  /** Into the battery at its terminals, and out of it at the load. */
  readonly chargeW: number;
  readonly dischargeW: number;
}

/** Times nearer than this are one: a double of milliseconds since 1970 tells no less. */
const SAME_MS = 0.01;

class Store {
  readonly #battery: Battery;
  readonly #fullWh: number;
  readonly #floorWh: number;
  readonly #slowWh: number;
  readonly #reconnectWh: number;
  #chargeWh: number;
  /** Emptied, and waiting for mains or enough charge. */
  #waits: boolean;

  constructor(battery: Battery, beginsAtShare: number) {
    this.#battery = battery;
    this.#fullWh = capacityWh(battery);
    this.#floorWh = floorWh(battery);
    this.#slowWh = this.#fullWh * battery.slowFromShare;
    this.#reconnectWh = this.#floorWh + (this.#fullWh - this.#floorWh) * battery.reconnectShare;
    this.#chargeWh = this.#fullWh * beginsAtShare;
    this.#waits = this.#chargeWh <= this.#floorWh;
  }

  *through(stretch: Stretch): Generator<Piece> {
    let fromMs = stretch.fromMs;
    while (fromMs < stretch.toMs) {
      this.#settle(stretch);
      const on = this.#isOn(stretch);
      const flow = this.#flow(stretch, on);
      const perHour = flow.chargeW * this.#battery.chargeEfficiency - drainW(this.#battery, flow.dischargeW);
      const level = this.#levelAhead(perHour);
      const untilMs =
        perHour === 0 ? Number.POSITIVE_INFINITY : fromMs + ((level - this.#chargeWh) / perHour) * hours(1);
      const toMs = Math.min(stretch.toMs, Math.max(untilMs, fromMs + SAME_MS));
      const chargeFromWh = this.#chargeWh;
      const arrived = untilMs <= toMs;
      this.#chargeWh = arrived ? level : chargeFromWh + (perHour * (toMs - fromMs)) / hours(1);
      const energy = this.#energy(stretch, flow, on, (toMs - fromMs) / hours(1), this.#chargeWh - chargeFromWh);
      yield { ...stretch, fromMs, toMs, on, chargeFromWh, chargeToWh: this.#chargeWh, energy };
      fromMs = toMs;
    }
  }

  #settle({ mains, loadW, solarW }: Stretch): void {
    if (mains || this.#chargeWh >= this.#reconnectWh) this.#waits = false;
    else if (this.#chargeWh <= this.#floorWh && solarW < loadW) this.#waits = true;
  }

  #isOn({ mains }: Stretch): boolean {
    return mains || !this.#waits;
  }

  #flow({ mains, loadW, solarW }: Stretch, on: boolean): Flow {
    const asked = on ? loadW : 0;
    const sunToLoad = Math.min(solarW, asked);
    const rest = asked - sunToLoad;
    if (!mains && rest > 0) return { mainsW: 0, solarW: sunToLoad, loadW: asked, chargeW: 0, dischargeW: rest };
    const full = this.#chargeWh >= this.#fullWh;
    const mostW = full ? 0 : mostChargeW(this.#battery, this.#chargeWh);
    const sunToBattery = Math.min(solarW - sunToLoad, mostW);
    const slow = this.#chargeWh >= this.#slowWh ? this.#battery.slowShare : 1;
    const chargerW = mains ? Math.min(this.#battery.chargerW * slow, mostW) : 0;
    const mainsToBattery = Math.max(0, chargerW - sunToBattery);
    return {
      mainsW: rest + mainsToBattery,
      solarW: sunToLoad + sunToBattery,
      loadW: asked,
      chargeW: sunToBattery + mainsToBattery,
      dischargeW: 0,
    };
  }

  /** The charge at which something changes next. */
  #levelAhead(perHour: number): number {
    if (perHour < 0) return this.#floorWh;
    const levels = [this.#slowWh, this.#fullWh, ...(this.#waits ? [this.#reconnectWh] : [])];
    return Math.min(...levels.filter((level) => level > this.#chargeWh), this.#fullWh);
  }

  #energy(stretch: Stretch, flow: Flow, on: boolean, forHours: number, riseWh: number): Energy {
    const [mainsWh, solarWh, loadWh] = [flow.mainsW * forHours, flow.solarW * forHours, flow.loadW * forHours];
    return {
      mainsWh,
      solarWh,
      unusedWh: (stretch.solarW - flow.solarW) * forHours,
      loadWh,
      missedWh: on ? 0 : stretch.loadW * forHours,
      lostWh: mainsWh + solarWh - loadWh - riseWh,
    };
  }
}
