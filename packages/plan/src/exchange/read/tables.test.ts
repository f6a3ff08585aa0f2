import { expect, test } from "vitest";
import { archive, workbook } from "../testing/workbook.ts";
import { readPlanFile } from "./file.ts";
import { FILE_LIMITS } from "./sheet.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const cells = (bytes: Uint8Array) => readPlanFile(bytes)[0]!.rows.map((row) => row.cells);
const utf16 = (text: string, littleEndian: boolean, mark: boolean): Uint8Array => {
  const units = [...(mark ? "\ufeff" : ""), ...text].map((letter) => letter.charCodeAt(0));
  const view = new DataView(new ArrayBuffer(units.length * 2));
  units.forEach((unit, i) => {
    view.setUint16(i * 2, unit, littleEndian);
  });
  return new Uint8Array(view.buffer);
};

test("P3: a CSV file with quotes, line breaks in cells and a header below its title", () => {
  const [sheet] = readPlanFile(
    utf8(
      'Cameras of the roads department\r\n\r\nNo,Name,Height (m)\r\n1,"Market, ""north""\r\nside",4.5\r\n\r\n2,Bridge,\r\n',
    ),
  );
  expect(sheet).toMatchObject({ format: "csv", headers: ["No", "Name", "Height (m)"], headerRow: 3, delimiter: "," });
  expect(sheet!.rows).toEqual([
    { row: 4, cells: ["1", 'Market, "north"\r\nside', "4.5"], drawn: null },
    { row: 6, cells: ["2", "Bridge", ""], drawn: null },
  ]);
});

test.each([
  ["tabs", "Nr\tName\n1\ta;b,c", "\t"],
  ["semicolons, with decimal commas", "Nr;Name;Höhe\n1;a;4,5\n2;b;3,5", ";"],
  ["bars", "Nr|Name\n1|a", "|"],
  ["what Excel names", "sep=;\nNr;Name\n1;a", ";"],
])("P3: cells parted by %s", (_, text, delimiter) => {
  expect(readPlanFile(utf8(text))[0]).toMatchObject({ delimiter });
});

test("P3: UTF-8, UTF-16 with and without a mark, and Windows-1252, which is said", () => {
  const text = "Nr,Straße\n1,Käthe-Kollwitz-Ring\n";
  const expected = [["1", "Käthe-Kollwitz-Ring"]];
  expect(cells(utf8(`\ufeff${text}`))).toEqual(expected);
  expect(cells(utf8(text))).toEqual(expected);
  for (const little of [true, false])
    for (const mark of [true, false]) expect(cells(utf16(text, little, mark))).toEqual(expected);
  const old = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  expect(cells(old)).toEqual(expected);
  expect(readPlanFile(old)[0]!.remarks[0]).toContain("windows-1252");
});

test("two columns of one name stay two", () => {
  expect(readPlanFile(utf8("Name,Name,\na,b,c"))[0]!.headers).toEqual(["Name", "Name (2)", "Column 3"]);
});

test("a file without a header has numbered columns, and a caller may say where it is", () => {
  expect(readPlanFile(utf8("8.4,49.0\n8.5,49.1"))[0]).toMatchObject({
    headers: ["Column 1", "Column 2"],
    headerRow: null,
  });
  expect(readPlanFile(utf8("a,b\nName,Nr\n1,2"), { headerRow: 1 })[0]!.headers).toEqual(["a", "b"]);
  expect(readPlanFile(utf8("Name,Nr\n1,2"), { headerRow: 0 })[0]!.rows).toHaveLength(2);
});

test("P3: an Excel workbook: shared texts, dates, truth values, empty rows, the visible sheet", () => {
  const bytes = workbook([
    ["Kameras der Stadt"],
    [],
    ["Nr", "Name", "Höhe [m]", "Eingebaut", "IR"],
    [17, "Markt & Nord", 4.5, { date: 43_831 }, true],
    [18, null, 3, null, false],
  ]);
  const sheets = readPlanFile(bytes);
  expect(sheets).toHaveLength(1);
  expect(sheets[0]).toMatchObject({ format: "xlsx", name: "Kameras", headerRow: 3 });
  expect(sheets[0]!.rows).toEqual([
    { row: 4, cells: [17, "Markt & Nord", 4.5, "2020-01-01", true], drawn: null },
    { row: 5, cells: [18, null, 3, null, false], drawn: null },
  ]);
});

test("an old or locked workbook, and an archive of another kind, say what to do", () => {
  const ole = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);
  expect(() => readPlanFile(ole)).toThrow(expect.objectContaining({ code: "PLAN_FILE_UNSUPPORTED" }));
  const ods = archive({ mimetype: "application/vnd.oasis.opendocument.spreadsheet" });
  expect(() => readPlanFile(ods)).toThrow(expect.objectContaining({ code: "PLAN_FILE_FORMAT_UNKNOWN" }));
});

test("a zip bomb is left when it passes the limit, in whichever part it lies", () => {
  const limits = { ...FILE_LIMITS, unpackedBytes: 2 ** 20 };
  const bomb = " ".repeat(8 * 2 ** 20);
  const sheet = workbook([["Nr"], [1]], { "xl/worksheets/sheet1.xml": `<worksheet>${bomb}</worksheet>` });
  const texts = workbook([["Nr"], [1]], { "xl/sharedStrings.xml": `<sst>${bomb}</sst>` });
  const kmz = archive({ "doc.kml": `<kml>${bomb}</kml>` });
  for (const bytes of [sheet, texts, kmz])
    expect(() => readPlanFile(bytes, { limits })).toThrow(expect.objectContaining({ code: "PLAN_FILE_TOO_LARGE" }));
});

test("a sheet with a million columns or rows is too large, not a hang", () => {
  const wide = workbook([], {
    "xl/worksheets/sheet1.xml":
      '<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>',
  });
  expect(() => readPlanFile(wide)).toThrow(expect.objectContaining({ code: "PLAN_FILE_TOO_LARGE" }));
  const limits = { ...FILE_LIMITS, rows: 10 };
  expect(() => readPlanFile(utf8("a,b\n".repeat(11)), { limits })).toThrow(
    expect.objectContaining({ code: "PLAN_FILE_TOO_LARGE" }),
  );
});

test("a quote that is never closed is named with its row", () => {
  expect(() => readPlanFile(utf8('Nr,Name\n1,a\n2,"b\n3,c\n'))).toThrow(
    expect.objectContaining({ code: "PLAN_FILE_TRUNCATED", message: expect.stringContaining("row 3") }),
  );
});

test("nothing in it is said, and bytes that are no text are refused", () => {
  expect(() => readPlanFile(new Uint8Array(0))).toThrow(expect.objectContaining({ code: "PLAN_FILE_EMPTY" }));
  expect(() => readPlanFile(utf8("Nr,Name\n"))).toThrow(expect.objectContaining({ code: "PLAN_FILE_EMPTY" }));
  const shapefile = Uint8Array.of(0, 0, 0x27, 0x0a, 0, 0, 0, 0, 1, 2, 3, 200);
  expect(() => readPlanFile(shapefile)).toThrow(expect.objectContaining({ code: "PLAN_FILE_FORMAT_UNKNOWN" }));
});
