import { OvertError } from "@overt/core";
import { type Covering, limit, makeCovering } from "./covering.ts";

/** What stands beside a covering file, as text; see `parseOrLibrary`. */
export interface OrLibraryFiles {
  readonly covering: string;
  readonly weights?: string | undefined;
  readonly sites?: string | undefined;
}

/**
 * Reads the set-covering format of the OR-Library (Beasley): rows, columns, the columns' costs, then for each row its
 * number of columns and the columns, from 1. Beside it may stand the rows' weights and the columns' sites, each file a
 * count and as many numbers. White space of any kind parts the numbers.
 *
 * @throws OvertError COVER_FILE_… naming the line, or COVERING_… naming the row or column
 */
export function parseOrLibrary({ covering, weights, sites }: OrLibraryFiles): Covering {
  const numbers = new Numbers(covering, "covering file");
  const rowCount = numbers.whole("number of rows");
  const columnCount = numbers.whole("number of columns");
  limit({ rows: rowCount, columns: columnCount, arcs: 0 });
  numbers.expect(rowCount + columnCount);
  const costs = new Float64Array(columnCount);
  for (let j = 0; j < columnCount; j++) costs[j] = numbers.amount(`cost of column ${j + 1}`);
  const rows: Uint32Array[] = [];
  let arcs = 0;
  for (let i = 0; i < rowCount; i++) {
    const count = numbers.whole(`number of columns of row ${i + 1}`);
    arcs += count;
    limit({ rows: rowCount, columns: columnCount, arcs });
    numbers.expect(count);
    rows.push(new Uint32Array(count).map(() => column(numbers, i, columnCount)));
  }
  numbers.end();
  return makeCovering({
    costs,
    rows,
    weights: weights === undefined ? undefined : list(weights, "weights file", "weight of row", rowCount),
    sites: sites === undefined ? undefined : list(sites, "sites file", "site of column", columnCount),
  });
}

function column(numbers: Numbers, row: number, columns: number): number {
  const given = numbers.whole(`column of row ${row + 1}`);
  if (given >= 1 && given <= columns) return given - 1;
  throw numbers.error("COLUMN", `row ${row + 1} names column ${given}, and there are ${columns} from 1.`);
}

function list(text: string, file: string, what: string, length: number): Float64Array {
  const numbers = new Numbers(text, file);
  const count = numbers.whole("count");
  if (count !== length) throw numbers.error("COUNT", `it tells ${count} numbers, and ${length} are needed.`);
  numbers.expect(count);
  const values = new Float64Array(count).map((_, k) => numbers.amount(`${what} ${k + 1}`));
  numbers.end();
  return values;
}

const NEWLINE = 10;
const SPACE = 32;
const BYTE_ORDER_MARK = 0xfeff;

/** Numbers parted by white space, one after the other. */
class Numbers {
  readonly #text: string;
  readonly #file: string;
  #at: number;
  #line = 1;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.#at = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  }

  whole(what: string): number {
    const word = this.#word(what);
    if (!/^\+?\d{1,10}$/.test(word)) throw this.error("NUMBER", `the ${what} is ${quote(word)}, no whole number.`);
    return Number(word);
  }

  amount(what: string): number {
    const word = this.#word(what);
    if (!/^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) || !Number.isFinite(Number(word)))
      throw this.error("NUMBER", `the ${what} is ${quote(word)}, no number from 0 up.`);
    return Number(word);
  }

  /** So many numbers must follow: a file that only claims to be large is refused before room is made for it. */
  expect(count: number): void {
    if (this.#text.length - this.#at >= 2 * count) return;
    throw this.error("TRUNCATED", `${count} more numbers should follow and cannot fit.`);
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length)
      throw this.error("TRAILING", `after the last number stands ${quote(this.#text.slice(this.#at, this.#at + 20))}.`);
  }

  error(code: string, message: string): OvertError {
    return new OvertError(`COVER_FILE_${code}`, `In the ${this.#file}, line ${this.#line}: ${message}`, {
      hint: "The format is the OR-Library's: rows, columns, costs, then per row its count and columns from 1.",
    });
  }

  #word(what: string): string {
    this.#skip();
    const from = this.#at;
    while (this.#at < this.#text.length && !isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === from) throw this.error("TRUNCATED", `it ends where the ${what} should stand.`);
    return this.#text.slice(from, this.#at);
  }

  #skip(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (!isSpace(code)) return;
      if (code === NEWLINE) this.#line++;
    }
  }
}

const isSpace = (code: number): boolean => code === SPACE || (code >= 9 && code <= 13);

/** Foreign text in a message: short, and none of it a control character. */
const quote = (text: string): string => JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}…` : text);
