/** A row of a table of text, and the line of the file that it begins in. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** RFC 4180, with `,`, `;` or tabs, whichever the first line has most of; a byte order mark is skipped. */
export function rowsOf(text: string): Row[] {
  const body = text.replace(/^\uFEFF/, "");
  const first = body.slice(0, body.search(/[\r\n]|$/));
  const separator = [",", ";", "\t"].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
  const rows: Row[] = [];
  let [line, begun, cell, quoted] = [1, 1, "", false];
  let cells: string[] = [];
  const end = (): void => {
    if (cells.length > 0 || cell.trim() !== "") rows.push({ line: begun, cells: [...cells, cell.trim()] });
    [cells, cell] = [[], ""];
  };
  for (let i = 0; i < body.length; i++) {
    const c = body[i]!;
    if (c === "\n") line++;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (body[i + 1] === '"') cell += body[++i];
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) {
      cells.push(cell.trim());
      cell = "";
    } else if (c === "\n") {
      end();
      begun = line;
    } else if (c !== "\r") cell += c;
  }
  end();
  return rows;
}
