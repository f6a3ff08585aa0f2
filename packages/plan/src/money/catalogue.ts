import { type Decimal, digitsOf, product, rounded, whole } from "./decimal.ts";
import { minorDigits, type Money, money } from "./money.ts";
import { moneyError } from "./money-error.ts";

/** What can be bought, at one's own prices. */
export interface Catalogue {
  /** In which everything is summed up. */
  readonly currency: string;
  readonly items: readonly CatalogueItem[];
  readonly rates: readonly ExchangeRate[];
  readonly labour: Labour;
  /** Of pieces, so many more are bought. */
  readonly sparesPercent: Decimal;
  /** Off the list prices. */
  readonly discountPercent: Decimal;
}

export interface CatalogueItem {
  readonly id: string;
  readonly name: string;
  /** What cannot be bought in parts has spares: `piece`. */
  readonly unit: "piece" | "m" | "year" | "hour";
  /** Of one, without tax; null: nobody asked yet, and the total says so. */
  readonly price: Money | null;
  /** When that price was given: `2026-11-02`. */
  readonly priceDate: string;
  readonly source: string;
  readonly taxPercent: Decimal;
  /** To fit one. */
  readonly labourMinutes: number;
  /** In place of the catalogue's. */
  readonly sparesPercent?: Decimal;
  readonly discountPercent?: Decimal;
}

export interface Labour {
  /** Of an hour; null: not known. */
  readonly perHour: Money | null;
  readonly taxPercent: Decimal;
}

/** One unit of `from` is so many of `to`. */
export interface ExchangeRate {
  readonly from: string;
  readonly to: string;
  readonly rate: Decimal;
  readonly date: string;
}

/** @throws OvertError `MONEY_CURRENCY_DIFFERS`: there is no rate from its currency to the catalogue's */
export function converted(amount: Money, { currency, rates }: Catalogue): Money {
  if (amount.currency === currency) return amount;
  const rate = rates.find(({ from, to }) => from === amount.currency && to === currency);
  if (!rate)
    throw moneyError(
      "MONEY_CURRENCY_DIFFERS",
      `There is no rate from ${amount.currency} to ${currency}.`,
      "Enter one, with its date.",
    );
  const digits = minorDigits(currency) - minorDigits(amount.currency);
  const exact = product(whole(amount.minor), digitsOf(rate.rate));
  const scaled = digits >= 0 ? product(exact, whole(10n ** BigInt(digits))) : { ...exact, scale: exact.scale - digits };
  return money(currency, rounded(scaled));
}
