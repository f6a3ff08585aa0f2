import { type Decimal, digitsOf, plusPercent, power, product, rounded, whole, written } from "./decimal.ts";
import { type Money, money, percent, times, total } from "./money.ts";
import { moneyError } from "./money-error.ts";

export const COST_KINDS = [
  "purchase", "power", "fuel", "links", "maintenance", "storage", "batteries", "anonymiser", "staff", "custodians", "other",
] as const; // biome-ignore format: one line
export type CostKind = (typeof COST_KINDS)[number];

/** What is paid each year. */
export interface Running {
  readonly kind: CostKind;
  readonly name: string;
  readonly yearly: Money;
  /** 1: from the first year on. */
  readonly fromYear?: number;
  /** Dearer each year by so much. */
  readonly growthPercent?: Decimal;
}

/** What wears out and is bought again: its first purchase is on the bill. */
export interface Replaced {
  readonly kind: CostKind;
  readonly name: string;
  readonly price: Money;
  readonly lifeYears: number;
  readonly growthPercent?: Decimal;
}

export interface LifeInput {
  readonly currency: string;
  readonly purchase: Money;
  readonly running: readonly Running[];
  readonly replaced: readonly Replaced[];
}

export interface LifeYear {
  readonly year: number;
  readonly byKind: ReadonlyMap<CostKind, Money>;
  readonly total: Money;
}

export interface LifeCost {
  readonly years: readonly LifeYear[];
  /** For each span asked for, what it costs till then. */
  readonly spans: readonly {
    readonly years: number;
    readonly byKind: ReadonlyMap<CostKind, Money>;
    readonly total: Money;
  }[];
}

/**
 * The cost over life. Every sum is of amounts already in whole minor units, so years, kinds and total agree to the cent.
 *
 * @throws OvertError `LIFE_FIGURE_INVALID` `MONEY_CURRENCY_DIFFERS` `MONEY_TOO_LARGE`
 */
export function lifeCost(
  { currency, purchase, running, replaced }: LifeInput,
  spans: readonly number[] = [1, 5, 10],
): LifeCost {
  for (const each of spans) checkLife("A span in years", each, 1);
  for (const { name, lifeYears } of replaced) checkLife(`The life of "${name}" in years`, lifeYears, 0.1);
  const last = Math.max(...spans);
  const years = Array.from({ length: last }, (_, i): LifeYear => {
    const year = i + 1;
    const paid: (readonly [CostKind, Money])[] = [
      ...(year === 1 ? [["purchase", purchase] as const] : []),
      ...running
        .filter(({ fromYear = 1 }) => year >= fromYear)
        .map((each) => [each.kind, grown(each.yearly, each.growthPercent, i)] as const),
      ...replaced.map(
        (each) => [each.kind, times(grown(each.price, each.growthPercent, i), boughtIn(each.lifeYears, year))] as const,
      ),
    ];
    return { year, ...summed(currency, paid) };
  });
  return {
    years,
    spans: spans.map((span) => ({
      years: span,
      ...summed(
        currency,
        years.slice(0, span).flatMap(({ byKind }) => [...byKind]),
      ),
    })),
  };
}

function summed(currency: string, paid: readonly (readonly [CostKind, Money])[]) {
  const kinds = COST_KINDS.filter((kind) => paid.some(([each, { minor }]) => each === kind && minor !== 0));
  const byKind = new Map(
    kinds.map((kind) => [
      kind,
      total(
        currency,
        paid.filter(([each]) => each === kind).map(([, amount]) => amount),
      ),
    ]),
  );
  return {
    byKind,
    total: total(
      currency,
      paid.map(([, amount]) => amount),
    ),
  };
}

/** How often something that lasts so long is bought again in a year; in the moment in which the span ends, no more. */
function boughtIn(lifeYears: number, year: number): number {
  const until = (years: number): number => Math.max(0, Math.ceil(years / lifeYears - 1e-9) - 1);
  return until(year) - until(year - 1);
}

const grown = ({ currency, minor }: Money, growthPercent: Decimal | undefined, years: number): Money =>
  growthPercent === undefined
    ? money(currency, minor)
    : money(currency, rounded(product(whole(minor), power(plusPercent(growthPercent), years))));

/** What a year of power costs, of a mean load. */
export const powerCost = (name: string, meanW: number, perKwh: Money): Running => ({
  kind: "power",
  name,
  yearly: times(perKwh, decimalOf((meanW * 8_766) / 1_000)),
});

export const fuelCost = (name: string, litresPerYear: number, perLitre: Money): Running => ({
  kind: "fuel",
  name,
  yearly: times(perLitre, decimalOf(litresPerYear)),
});

/** A battery that lasts so long (`power/wear.ts`). */
export const batteryCost = (name: string, price: Money, { lifeYears }: { readonly lifeYears: number }): Replaced => ({
  kind: "batteries",
  name,
  price,
  lifeYears,
});

/** People who are paid by the year: operators, overseers, a technician. */
export const staffCost = (name: string, posts: Decimal, perPostYear: Money): Running => ({
  kind: "staff",
  name,
  yearly: times(perPostYear, posts),
});

/** Custodians are on duty, or nobody can open anything: so many at a time, so many hours a week. */
export const custodianCost = (name: string, onDuty: number, hoursPerWeek: Decimal, perHour: Money): Running => ({
  kind: "custodians",
  name,
  yearly: times(perHour, written(product(digitsOf(hoursPerWeek), whole(onDuty * 52)))),
});

/** Anonymising needs cores (`network/machines.ts` says how many), which wear out as machines do; their power is in the load. */
export const anonymiserCost = (name: string, cores: Decimal, perCore: Money, lifeYears: number): Replaced => ({
  kind: "anonymiser",
  name,
  price: times(perCore, cores),
  lifeYears,
});

/** A share of what was bought, as service contracts are priced. */
export const maintenanceCost = (name: string, bought: Money, ofPercent: Decimal): Running => ({
  kind: "maintenance",
  name,
  yearly: percent(bought, ofPercent),
});

/** To a thousandth: no meter tells more. */
const decimalOf = (value: number): Decimal => value.toFixed(3);

function checkLife(name: string, value: number, least: number): void {
  if (!Number.isFinite(value) || value < least)
    throw moneyError("LIFE_FIGURE_INVALID", `${name} is ${value}; it must be ${least} or more.`);
}
