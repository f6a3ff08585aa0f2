import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { digitsOf, rounded, sumOf, written } from "./decimal.ts";
import { minus, money, parseMoney, percent, plus, split, times, total, writtenMoney } from "./money.ts";

const failsWith = (code: string) => expect.objectContaining({ code });
const anyCurrency = fc.constantFrom("EUR", "NGN", "JPY", "TND", "CLF");
const anyMinor = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

describe("amounts of money", () => {
  test("each currency has its own digits", () => {
    expect(parseMoney("1234.50", "EUR")).toEqual({ currency: "EUR", minor: 123_450 });
    expect(parseMoney("1234", "JPY").minor).toBe(1_234);
    expect(parseMoney("1.234", "TND").minor).toBe(1_234);
    expect(writtenMoney(money("EUR", -5))).toBe("-0.05 EUR");
    expect(writtenMoney(money("JPY", 5))).toBe("5 JPY");
  });

  test("half a cent is nobody's money, and no double comes near a sum", () => {
    for (const text of ["0.005", "1,50", "1e3", "", "abc", "1."])
      expect(() => parseMoney(text, "EUR"), text).toThrow(failsWith("MONEY_INVALID"));
    expect(() => parseMoney("1", "Euro")).toThrow(failsWith("MONEY_INVALID"));
    expect(() => money("EUR", 0.5)).toThrow(failsWith("MONEY_INVALID"));
    expect(() => money("EUR", 2 ** 60)).toThrow(failsWith("MONEY_TOO_LARGE"));
    expect(() => plus(money("EUR", 1), money("USD", 1))).toThrow(failsWith("MONEY_CURRENCY_DIFFERS"));
  });

  test("halves are rounded away from zero, as invoices are", () => {
    expect([percent(money("EUR", 50), "19"), percent(money("EUR", -50), "19")].map(({ minor }) => minor)).toEqual([
      10, -10,
    ]);
    expect(percent(money("EUR", 150), "7.7").minor).toBe(12);
    expect(times(money("EUR", 333), "2.5").minor).toBe(833);
    expect(rounded(digitsOf("0.5"))).toBe(1n);
    expect(rounded(digitsOf("-0.4999"))).toBe(0n);
  });

  test.prop([anyCurrency, anyMinor])("written and read again it is the same", (currency, minor) => {
    const [text] = writtenMoney(money(currency, minor)).split(" ");
    expect(parseMoney(text!, currency)).toEqual(money(currency, minor));
  });

  test.prop([fc.array(fc.tuple(anyMinor, fc.integer({ min: 0, max: 9 })))])("decimals add up exactly", (list) => {
    const texts = list.map(([n, scale]) => written({ units: BigInt(n), scale }));
    const exact = list.reduce((sum, [n, scale]) => sum + BigInt(n) * 10n ** BigInt(9 - scale), 0n);
    const { units, scale } = digitsOf(sumOf(texts));
    expect(units * 10n ** BigInt(9 - scale)).toBe(exact);
  });

  test.prop([
    anyMinor,
    fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }).filter((w) => w.some((n) => n > 0)),
  ])("what is split adds up to the cent, and no part is a cent off its share", (minor, weights) => {
    const parts = split(money("EUR", minor), weights);
    expect(total("EUR", parts)).toEqual(money("EUR", minor));
    const sum = weights.reduce((a, b) => a + b);
    for (const [i, part] of parts.entries()) expect(Math.abs(part.minor - (minor * weights[i]!) / sum)).toBeLessThan(1);
  });

  test.prop([anyMinor, anyMinor])("what is added can be taken away again", (a, b) => {
    expect(minus(plus(money("EUR", a), money("EUR", b)), money("EUR", b))).toEqual(money("EUR", a));
  });
});
