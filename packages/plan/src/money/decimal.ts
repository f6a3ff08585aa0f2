import { moneyError } from "./money-error.ts";

/** An exact decimal number as people write it: `19`, `7.7`, `-0.025`. Never a double. */
export type Decimal = string;

interface Digits {
  readonly units: bigint;
  /** Digits after the point. */
  readonly scale: number;
}

/** @throws OvertError `MONEY_INVALID` */
export function digitsOf(text: Decimal): Digits {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,20}))?$/.exec(text);
  if (!match)
    throw moneyError("MONEY_INVALID", `"${text.slice(0, 40)}" is not a decimal number.`, "Write it like 1234.50.");
  const [, sign, whole, part = ""] = match;
  return { units: BigInt(`${sign}${whole}${part}`), scale: part.length };
}

/** To the nearest whole number, halves away from zero, as invoices are rounded. */
export function rounded({ units, scale }: Digits): bigint {
  const one = 10n ** BigInt(scale);
  const away = units < 0n ? -(one / 2n) : one / 2n;
  return (units + away) / one;
}

export const product = (a: Digits, b: Digits): Digits => ({ units: a.units * b.units, scale: a.scale + b.scale });

/** 1 + so many percent. */
export function plusPercent(percent: Decimal): Digits {
  const { units, scale } = digitsOf(percent);
  return { units: 100n * 10n ** BigInt(scale) + units, scale: scale + 2 };
}

export function percentOf(percent: Decimal): Digits {
  const { units, scale } = digitsOf(percent);
  return { units, scale: scale + 2 };
}

export const whole = (units: bigint | number): Digits => ({ units: BigInt(units), scale: 0 });

/** A power of a factor; year by year exact, so that ten years of 2.5 % round once. */
export function power(base: Digits, exponent: number): Digits {
  let result = whole(1);
  for (let i = 0; i < exponent; i++) result = product(result, base);
  return result;
}

/** The sum of decimals, as a decimal. */
export function sumOf(all: readonly Decimal[]): Decimal {
  const digits = all.map(digitsOf);
  const scale = Math.max(0, ...digits.map((each) => each.scale));
  const units = digits.reduce((sum, each) => sum + each.units * 10n ** BigInt(scale - each.scale), 0n);
  return written({ units, scale });
}

export function written({ units, scale }: Digits): Decimal {
  const text = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const sign = units < 0n ? "-" : "";
  return scale === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
