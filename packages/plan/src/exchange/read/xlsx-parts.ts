import { planFileError } from "../plan-file-error.ts";
import { type FileLimits, FILE_LIMITS } from "./sheet.ts";
import { readXml, type XmlSink } from "./xml.ts";
import { type Budget, unpacked, type ZipEntry } from "./zip.ts";

/** A sheet's name and the part that holds it. */
export interface WorkbookSheet {
  readonly name: string;
  readonly part: string;
  readonly hidden: boolean;
}

export interface Workbook {
  readonly sheets: readonly WorkbookSheet[];
  /** Days are counted from 1904 instead of 1900. */
  readonly from1904: boolean;
  readonly texts: readonly string[];
  /** For each style number, whether it shows a date. */
  readonly isDate: readonly boolean[];
}

/** What a sheet's cells refer to (ECMA-376 §18). */
export function readWorkbook(
  entries: ReadonlyMap<string, ZipEntry>,
  budget: Budget,
  limits: FileLimits = FILE_LIMITS,
): Workbook {
  const read = <S extends XmlSink>(part: string, sink: S): S => {
    const entry = entries.get(part);
    if (entry) readXml(unpacked(entry, budget), sink);
    return sink;
  };
  const book = read("xl/workbook.xml", new Book());
  const targets = read("xl/_rels/workbook.xml.rels", new Relations()).targets;
  const sheets = book.sheets.flatMap(({ name, id, hidden }) => {
    const target = targets.get(id);
    return target === undefined ? [] : [{ name, hidden, part: partOf(target) }];
  });
  if (sheets.length === 0) throw planFileError("PLAN_FILE_EMPTY", "The workbook has no sheets with cells.");
  const { texts } = read("xl/sharedStrings.xml", new SharedTexts(limits));
  const { isDate } = read("xl/styles.xml", new Styles());
  return { sheets, from1904: book.from1904, texts, isDate };
}

const partOf = (target: string): string => (target.startsWith("/") ? target.slice(1) : `xl/${target}`);

class Book implements XmlSink {
  from1904 = false;
  readonly sheets: { name: string; id: string; hidden: boolean }[] = [];

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "workbookPr") this.from1904 = /^(?:1|true)$/.test(attributes.date1904 ?? "");
    if (name === "sheet")
      this.sheets.push({
        name: attributes.name ?? "",
        id: attributes["r:id"] ?? Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "",
        hidden: (attributes.state ?? "visible") !== "visible",
      });
  }
  text(): void {}
  close(): void {}
}

class Relations implements XmlSink {
  readonly targets = new Map<string, string>();

  open(name: string, { Id, Target }: Readonly<Record<string, string>>): void {
    if (name === "Relationship" && Id !== undefined && Target !== undefined) this.targets.set(Id, Target);
  }
  text(): void {}
  close(): void {}
}

/** Texts that cells name by number; what is shown above them in small letters (phonetics) is none of theirs. */
class SharedTexts implements XmlSink {
  readonly texts: string[] = [];
  readonly #most: number;
  #text = "";
  #inText = false;
  #phonetic = false;

  constructor({ cells }: FileLimits) {
    this.#most = cells;
  }

  open(name: string): void {
    if (name === "si") this.#text = "";
    if (name === "rPh") this.#phonetic = true;
    if (name === "t") this.#inText = !this.#phonetic;
  }
  text(text: string): void {
    if (this.#inText) this.#text += text;
  }
  close(name: string): void {
    if (name === "t") this.#inText = false;
    if (name === "rPh") this.#phonetic = false;
    if (name === "si" && this.texts.length < this.#most) this.texts.push(this.#text);
  }
}

class Styles implements XmlSink {
  readonly isDate: boolean[] = [];
  readonly #formats = new Map<number, string>();
  #inCells = false;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "numFmt") this.#formats.set(Number(attributes.numFmtId), attributes.formatCode ?? "");
    if (name === "cellXfs") this.#inCells = true;
    if (name === "xf" && this.#inCells) this.isDate.push(this.#showsDate(Number(attributes.numFmtId ?? 0)));
  }
  text(): void {}
  close(name: string): void {
    if (name === "cellXfs") this.#inCells = false;
  }

  /** ECMA-376 §18.8.30: numbers under 164 are built in. */
  #showsDate(id: number): boolean {
    const code = this.#formats.get(id);
    if (code === undefined) return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
    return /[dy]|m{3}/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, "").replace(/general/i, ""));
  }
}
