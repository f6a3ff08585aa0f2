export interface SimBatteryOptions {
  /** How long a full one lasts on battery; an hour by default. */
  readonly lastsMs?: number;
  /** From empty to full; ten hours by default. */
  readonly chargesMs?: number;
  readonly lowPercent?: number;
  readonly chargePercent?: number;
  readonly loadPercent?: number;
  readonly nowMs?: () => number;
}

/** A UPS whose battery empties without mains and fills with them, by the clock. */
export class SimBattery {
  readonly #lastsMs: number;
  readonly #chargesMs: number;
  readonly #lowPercent: number;
  readonly #loadPercent: number;
  readonly #nowMs: () => number;
  #mains = true;
  #forced = false;
  #chargePercent: number;
  #atMs: number;

  constructor({
    lastsMs = 3_600_000,
    chargesMs = 36_000_000,
    lowPercent = 20,
    chargePercent = 100,
    loadPercent = 30,
    nowMs = () => performance.now(),
  }: SimBatteryOptions = {}) {
    this.#lastsMs = lastsMs;
    this.#chargesMs = chargesMs;
    this.#lowPercent = lowPercent;
    this.#loadPercent = loadPercent;
    this.#chargePercent = chargePercent;
    this.#nowMs = nowMs;
    this.#atMs = nowMs();
  }

  get onLine(): boolean {
    return this.#mains;
  }

  get chargePercent(): number {
    this.#follow();
    return this.#chargePercent;
  }

  /** The mains go. */
  cut(): void {
    this.#follow();
    this.#mains = false;
  }

  /** The mains come back; a forced shutdown is over. */
  restore(): void {
    this.#follow();
    this.#mains = true;
    this.#forced = false;
  }

  /** The primary says that it will cut the output, whatever the battery holds. */
  forceShutdown(): void {
    this.#forced = true;
  }

  /** As if it had been used, or charged, meanwhile. */
  setCharge(percent: number): void {
    this.#follow();
    this.#chargePercent = within(percent);
  }

  /** What `upsd` tells of it. */
  variables(): Readonly<Record<string, string>> {
    const charge = this.chargePercent;
    return {
      "battery.charge": charge.toFixed(1),
      "battery.charge.low": String(this.#lowPercent),
      "battery.runtime": Math.round(((charge / 100) * this.#lastsMs) / 1_000).toString(),
      "input.voltage": this.#mains ? "230.0" : "0.0",
      "ups.load": String(this.#loadPercent),
      "ups.mfr": "Overt",
      "ups.model": "Simulated UPS",
      "ups.status": this.#status(charge),
    };
  }

  #status(charge: number): string {
    const supply = this.#mains ? (charge < 100 ? "OL CHRG" : "OL") : "OB DISCHRG";
    return [this.#forced ? "FSD" : "", supply, charge <= this.#lowPercent ? "LB" : ""].filter(Boolean).join(" ");
  }

  #follow(): void {
    const nowMs = this.#nowMs();
    const passedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    const change = this.#mains ? passedMs / this.#chargesMs : -passedMs / this.#lastsMs;
    this.#chargePercent = within(this.#chargePercent + change * 100);
  }
}

const within = (percent: number): number => Math.min(100, Math.max(0, percent));
