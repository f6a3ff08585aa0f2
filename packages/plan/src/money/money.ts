import { type Decimal, digitsOf, percentOf, product, rounded, whole, written } from "./decimal.ts";
import { moneyError } from "./money-error.ts";

/** An amount in whole minor units (cents, kobo, yen) of one currency. */
export interface Money {
  /** ISO 4217: `EUR`. */
  readonly currency: string;
  readonly minor: number;
}

/** Digits after the point, by ISO 4217, where they are not two. Written down, since engines round some of them away. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      "BIF",
      "CLP",
      "DJF",
      "GNF",
      "ISK",
      "JPY",
      "KMF",
      "KRW",
      "PYG",
      "RWF",
      "UGX",
      "UYI",
      "VND",
      "VUV",
      "XAF",
      "XOF",
      "XPF",
    ].map((code) => [code, 0]),
  ),
  ...Object.fromEntries(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/** @throws OvertError `MONEY_INVALID` */
export function minorDigits(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency))
    throw moneyError("MONEY_INVALID", `"${currency.slice(0, 20)}" is not a currency.`, "Write it like EUR (ISO 4217).");
  return MINOR_DIGITS[currency] ?? 2;
}

/** @throws OvertError `MONEY_INVALID` `MONEY_TOO_LARGE` */
export function money(currency: string, minor: number | bigint): Money {
  minorDigits(currency);
  const units = Number(minor);
  if (!Number.isInteger(units)) throw moneyError("MONEY_INVALID", `${minor} is not a whole number of minor units.`);
  if (!Number.isSafeInteger(units))
    throw moneyError("MONEY_TOO_LARGE", `${minor} minor units of ${currency} are too many.`);
  return { currency, minor: units === 0 ? 0 : units };
}

/**
 * `parseMoney("1234.50", "EUR")`
 *
 * @throws OvertError `MONEY_INVALID`: also where it has more digits than the currency, which nobody can pay
 */
export function parseMoney(text: Decimal, currency: string): Money {
  const { units, scale } = digitsOf(text);
  const digits = minorDigits(currency);
  if (scale > digits)
    throw moneyError("MONEY_INVALID", `${text} has ${scale} digits after the point; ${currency} has ${digits}.`);
  return money(currency, units * 10n ** BigInt(digits - scale));
}

/** `1234.50 EUR`; `parseMoney` reads its number again. */
export const writtenMoney = ({ currency, minor }: Money): string =>
  `${written({ units: BigInt(minor), scale: minorDigits(currency) })} ${currency}`;

/** @throws OvertError `MONEY_CURRENCY_DIFFERS` `MONEY_TOO_LARGE` */
export function total(currency: string, amounts: readonly Money[]): Money {
  const other = amounts.find((each) => each.currency !== currency);
  if (other) throw moneyError("MONEY_CURRENCY_DIFFERS", `${writtenMoney(other)} cannot be added to ${currency}.`, "Enter a rate and its date."); // biome-ignore format: one line
  return money(
    currency,
    amounts.reduce((sum, { minor }) => sum + BigInt(minor), 0n),
  );
}

export const plus = (a: Money, b: Money): Money => total(a.currency, [a, b]);
export const negative = ({ currency, minor }: Money): Money => money(currency, -minor);
export const minus = (a: Money, b: Money): Money => plus(a, negative(b));

/** So many of them; rounded once. */
export const times = ({ currency, minor }: Money, count: Decimal | number): Money =>
  money(currency, rounded(product(whole(minor), typeof count === "number" ? whole(count) : digitsOf(count))));

export const percent = ({ currency, minor }: Money, of: Decimal): Money =>
  money(currency, rounded(product(whole(minor), percentOf(of))));

/** In parts as large as the weights say, that add up to it to the last cent: what is left over goes to the largest rests. */
export function split({ currency, minor }: Money, weights: readonly number[]): Money[] {
  const units = weights.map((each) => BigInt(Math.round(each * 1e6)));
  const sum = units.reduce((a, b) => a + b, 0n);
  if (sum <= 0n || units.some((each) => each < 0n))
    throw moneyError("MONEY_INVALID", "An amount is split by weights of 0 or more, one of them above.");
  const sign = minor < 0 ? -1n : 1n;
  const amount = BigInt(Math.abs(minor));
  const floors = units.map((each) => (amount * each) / sum);
  const rests = units.map((each, i) => ({ i, rest: (amount * each) % sum })).sort((a, b) => (a.rest > b.rest ? -1 : a.rest < b.rest ? 1 : a.i - b.i)); // biome-ignore format: one line
  const left = Number(amount - floors.reduce((a, b) => a + b, 0n));
  const more = new Set(rests.slice(0, left).map(({ i }) => i));
  return floors.map((floor, i) => money(currency, sign * (floor + (more.has(i) ? 1n : 0n))));
}
