import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { billOf, type PlanPart } from "./bill.ts";
import type { Catalogue, CatalogueItem } from "./catalogue.ts";
import { money, parseMoney, percent, total } from "./money.ts";

const item = (id: string, price: string | null, more: Partial<CatalogueItem> = {}): CatalogueItem => ({
  id, name: `The ${id}`, unit: "piece", price: price === null ? null : parseMoney(price, "EUR"), priceDate: "2026-10-01", source: "offer 17",
  taxPercent: "19", labourMinutes: 0, ...more,
}); // biome-ignore format: one line
const catalogue = (...items: CatalogueItem[]): Catalogue => ({
  currency: "EUR", items, rates: [], labour: { perHour: parseMoney("60.00", "EUR"), taxPercent: "19" }, sparesPercent: "0", discountPercent: "0",
}); // biome-ignore format: one line
const part = (item: string, where: string, quantity = "1"): PlanPart => ({ item, quantity, for: where });

describe("P32: bill of materials and labour", () => {
  const shop = catalogue(
    item("dome", "289.90", { labourMinutes: 90 }),
    item("cable", "0.85", { unit: "m", labourMinutes: 2 }),
    item("licence", "12.00", { taxPercent: "7", unit: "year" }),
  );

  test("quantities follow the drawing: a camera more is one more, with its cable and its hours", () => {
    const drawn = [part("dome", "market-1"), part("cable", "market-1", "42.5"), part("dome", "gate")];
    const bill = billOf(drawn, shop);
    expect(bill.lines.map(({ item: id, quantity, net, for: where }) => [id, quantity, net?.minor, where])).toEqual([
      ["dome", "2", 57_980, ["market-1", "gate"]],
      ["cable", "42.5", 3_613, ["market-1"]],
    ]);
    expect(bill.labour).toEqual({ minutes: 265, net: money("EUR", 26_500) });
    const more = billOf([...drawn, part("dome", "bridge")], shop);
    expect(more.net.minor - bill.net.minor).toBe(28_990 + 9_000);
    expect(
      billOf(
        [...drawn, part("dome", "bridge")].filter((each) => each.for !== "bridge"),
        shop,
      ),
    ).toEqual(bill);
  });

  test("spares, discount and tax, each rounded once", () => {
    const careful = { ...shop, sparesPercent: "5", discountPercent: "12.5" };
    const [dome] = billOf([part("dome", "all", "21")], careful).lines;
    expect(dome).toMatchObject({ quantity: "21", spares: 2, labourMinutes: 21 * 90 });
    expect(dome!.discount!.minor).toBe(Math.round(23 * 28_990 * 0.125));
    expect(dome!.net!.minor + dome!.discount!.minor).toBe(23 * 28_990);
    const bill = billOf([part("dome", "a"), part("licence", "a")], shop);
    expect(bill.taxes).toEqual([
      { percent: "19", base: money("EUR", 28_990 + 9_000), tax: money("EUR", 7_218) },
      { percent: "7", base: money("EUR", 1_200), tax: money("EUR", 84) },
    ]);
    expect(bill.gross.minor).toBe(bill.net.minor + 7_218 + 84);
  });

  test("metres have no spares, and a begun spare is a whole one", () => {
    const careful = { ...shop, sparesPercent: "1" };
    expect(billOf([part("dome", "a"), part("cable", "a", "10")], careful).lines.map(({ spares }) => spares)).toEqual([
      1, 0,
    ]);
  });

  test("a price in another currency goes by a rate with a date; without one it is refused", () => {
    const abroad = catalogue(item("dome", null, { price: money("JPY", 40_000) }));
    const rates = [{ from: "JPY", to: "EUR", rate: "0.0061", date: "2026-11-01" }];
    expect(billOf([part("dome", "a")], { ...abroad, rates }).lines[0]!.unitPrice).toEqual(money("EUR", 24_400));
    expect(() => billOf([part("dome", "a")], abroad)).toThrow(
      expect.objectContaining({ code: "MONEY_CURRENCY_DIFFERS" }),
    );
  });

  test("what has no price is named, and the total is a lower bound; the oldest price is told", () => {
    const bill = billOf(
      [part("dome", "a"), part("mast", "a")],
      catalogue(item("dome", "1.00", { priceDate: "2025-01-31" }), item("mast", null)),
    );
    expect(bill).toMatchObject({ unpriced: ["The mast"], net: money("EUR", 100), oldestPrice: "2025-01-31" });
  });

  test("what is not in the catalogue, or less than nothing, is refused by name", () => {
    expect(() => billOf([part("drone", "roof")], shop)).toThrow(expect.objectContaining({ code: "BILL_ITEM_UNKNOWN", message: expect.stringContaining('"drone", drawn for "roof"') })); // biome-ignore format: one line
    expect(() => billOf([part("dome", "roof", "-1")], shop)).toThrow(
      expect.objectContaining({ code: "BILL_QUANTITY_INVALID" }),
    );
  });

  const anyParts = fc.array(
    fc.record({ item: fc.constantFrom("dome", "cable", "licence"), quantity: fc.integer({ min: 0, max: 99_999 }).map((n) => (n / 100).toFixed(2)), for: fc.constantFrom("a", "b") }),
    { minLength: 1 },
  ); // biome-ignore format: one line
  test.prop([anyParts, fc.integer({ min: 0, max: 5_000 })])("costs add up to the cent", (parts, discount) => {
    const bill = billOf(parts, { ...shop, discountPercent: (discount / 100).toFixed(2), sparesPercent: "3" });
    const nets = [...bill.lines.map(({ net }) => net!), bill.labour.net!];
    expect(bill.net).toEqual(total("EUR", nets));
    expect(
      total(
        "EUR",
        bill.taxes.map(({ base }) => base),
      ),
    ).toEqual(bill.net);
    for (const { percent: rate, base, tax } of bill.taxes) expect(tax).toEqual(percent(base, rate));
    expect(bill.gross.minor).toBe(bill.net.minor + bill.tax.minor);
  });
});
