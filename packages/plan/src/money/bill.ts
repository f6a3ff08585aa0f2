import { type Catalogue, type CatalogueItem, converted } from "./catalogue.ts";
import { type Decimal, digitsOf, percentOf, product, sumOf } from "./decimal.ts";
import { minus, type Money, money, percent, plus, times, total } from "./money.ts";
import { moneyError } from "./money-error.ts";

/** What the drawing holds: so much of an item, for a camera, mast, link or site. */
export interface PlanPart {
  readonly item: string;
  readonly quantity: Decimal;
  readonly for: string;
}

export interface BillLine {
  readonly item: string;
  readonly name: string;
  readonly unit: CatalogueItem["unit"];
  /** As drawn. */
  readonly quantity: Decimal;
  readonly spares: number;
  /** In the bill's currency; null: not known. */
  readonly unitPrice: Money | null;
  readonly priceDate: string;
  readonly discount: Money | null;
  /** After the discount, without tax. */
  readonly net: Money | null;
  readonly taxPercent: Decimal;
  readonly labourMinutes: number;
  /** Where it is drawn. */
  readonly for: readonly string[];
}

export interface Bill {
  readonly currency: string;
  /** One for each item, in the catalogue's order. */
  readonly lines: readonly BillLine[];
  readonly labour: { readonly minutes: number; readonly net: Money | null };
  /** One for each rate, on the sum of what it is on, rounded once. */
  readonly taxes: readonly { readonly percent: Decimal; readonly base: Money; readonly tax: Money }[];
  readonly net: Money;
  readonly tax: Money;
  readonly gross: Money;
  /** Names of what has no price: then the total is a lower bound. */
  readonly unpriced: readonly string[];
  /** The oldest price in it: null where there is none. */
  readonly oldestPrice: string | null;
}

/**
 * The bill of materials and labour of a drawing.
 *
 * @throws OvertError `BILL_ITEM_UNKNOWN` `BILL_QUANTITY_INVALID` `MONEY_CURRENCY_DIFFERS` `MONEY_INVALID` `MONEY_TOO_LARGE`
 */
export function billOf(parts: readonly PlanPart[], catalogue: Catalogue): Bill {
  const known = new Set(catalogue.items.map(({ id }) => id));
  for (const part of parts) checkPart(part, known);
  const lines = catalogue.items
    .map((item) => ({ item, drawn: parts.filter((part) => part.item === item.id) }))
    .filter(({ drawn }) => drawn.length > 0)
    .map(({ item, drawn }) => lineOf(item, drawn, catalogue));
  const { currency, labour } = catalogue;
  const minutes = lines.reduce((sum, line) => sum + line.labourMinutes, 0);
  const labourNet = labour.perHour && hoursOf(converted(labour.perHour, catalogue), minutes);
  const taxed = [
    ...lines.map(({ net, taxPercent }) => ({ net, taxPercent })),
    { net: labourNet, taxPercent: labour.taxPercent },
  ].filter((each): each is { net: Money; taxPercent: Decimal } => each.net !== null && each.net.minor !== 0);
  const taxes = [...new Set(taxed.map(({ taxPercent }) => taxPercent))].map((rate) => {
    const base = total(
      currency,
      taxed.filter(({ taxPercent }) => taxPercent === rate).map(({ net }) => net),
    );
    return { percent: rate, base, tax: percent(base, rate) };
  });
  const net = total(
    currency,
    taxed.map((each) => each.net),
  );
  const tax = total(
    currency,
    taxes.map((each) => each.tax),
  );
  const priced = lines.filter((line) => line.net !== null);
  return {
    currency,
    lines,
    labour: { minutes, net: labourNet },
    taxes,
    net,
    tax,
    gross: plus(net, tax),
    unpriced: [
      ...lines.filter((line) => line.net === null).map(({ name }) => name),
      ...(labourNet === null && minutes > 0 ? ["labour"] : []),
    ],
    oldestPrice: priced.map(({ priceDate }) => priceDate).sort()[0] ?? null,
  };
}

function lineOf(item: CatalogueItem, drawn: readonly PlanPart[], catalogue: Catalogue): BillLine {
  const quantity = sumOf(drawn.map((part) => part.quantity));
  const spares = item.unit === "piece" ? roundedUp(quantity, item.sparesPercent ?? catalogue.sparesPercent) : 0;
  const unitPrice = item.price && converted(item.price, catalogue);
  const list = unitPrice && times(unitPrice, sumOf([quantity, String(spares)]));
  const discount = list && percent(list, item.discountPercent ?? catalogue.discountPercent);
  return {
    item: item.id,
    name: item.name,
    unit: item.unit,
    quantity,
    spares,
    unitPrice,
    priceDate: item.priceDate,
    discount,
    net: list && discount && minus(list, discount),
    taxPercent: item.taxPercent,
    // Spares lie in the store.
    labourMinutes: item.labourMinutes * Number(quantity),
    for: [...new Set(drawn.map((part) => part.for))],
  };
}

/** A begun spare is a whole one. */
function roundedUp(quantity: Decimal, sparesPercent: Decimal): number {
  const { units, scale } = product(digitsOf(quantity), percentOf(sparesPercent));
  const one = 10n ** BigInt(scale);
  return Number((units + one - 1n) / one);
}

/** By the minute, rounded once. */
const hoursOf = ({ currency, minor }: Money, minutes: number): Money =>
  money(currency, (2n * BigInt(minor) * BigInt(Math.round(minutes)) + 60n) / 120n);

function checkPart({ item, quantity, for: where }: PlanPart, known: ReadonlySet<string>): void {
  if (!known.has(item))
    throw moneyError("BILL_ITEM_UNKNOWN", `"${item}", drawn for "${where}", is not in the catalogue.`);
  if (digitsOf(quantity).units < 0n)
    throw moneyError("BILL_QUANTITY_INVALID", `${quantity} of "${item}" for "${where}" cannot be.`);
}
