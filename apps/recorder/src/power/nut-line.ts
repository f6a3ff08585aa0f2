import { OvertError } from "@overt/core";

/** The longest value that `upsd` sends is far shorter. */
export const LINE_LIMIT_BYTES = 8 * 1024;

/**
 * The words of one line of the NUT protocol (RFC 9271): split at spaces, a word with spaces in double quotes, `\"` and
 * `\\` in it.
 *
 * @throws OvertError `UPS_ANSWER_INVALID` for a quote that does not end
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    if (char === "\\" && at + 1 < line.length) word = (word ?? "") + line[++at];
    else if (char === '"') {
      quoted = !quoted;
      word ??= "";
    } else if (!quoted && (char === " " || char === "\t" || char === "\r")) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + char;
  }
  if (quoted) throw invalid(`a line whose quotes do not end: ${line.slice(0, 80)}`);
  if (word !== null) words.push(word);
  return words;
}

/**
 * A line to send. Every word but the first may hold anything that a line can.
 *
 * @throws OvertError `UPS_CONFIG_INVALID` for a word with a line break or a NUL in it
 */
export function lineOf(command: string, ...words: readonly string[]): string {
  const quoted = words.map((word) => {
    if (/[\0\r\n]/.test(word))
      throw new OvertError("UPS_CONFIG_INVALID", "A UPS's name, user name or password has a line break in it.", {
        hint: "Check the power section of the configuration, and the password file's end.",
      });
    return /^[A-Za-z0-9._@-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`;
  });
  return `${[command, ...quoted].join(" ")}\n`;
}

/** Cuts what a socket reads into lines. */
export class LineReader {
  #rest = Buffer.alloc(0);

  /** @throws OvertError `UPS_ANSWER_INVALID` for a line of more than 8 KiB: close the connection */
  push(chunk: Uint8Array): string[] {
    let bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const lines: string[] = [];
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      if (end > LINE_LIMIT_BYTES) break;
      lines.push(bytes.toString("utf8", 0, end));
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > LINE_LIMIT_BYTES) throw invalid(`a line of more than ${LINE_LIMIT_BYTES} bytes`);
    this.#rest = bytes;
    return lines;
  }
}

export const invalid = (what: string): OvertError =>
  new OvertError("UPS_ANSWER_INVALID", `The UPS server sent ${what}.`, {
    hint: "Check that host and port are those of upsd (3493 by default).",
  });
