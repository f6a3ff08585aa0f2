import { planFileError } from "../plan-file-error.ts";

export interface Decoded {
  readonly text: string;
  readonly encoding: string;
  /** No byte order mark and no valid UTF-8 told it: it is what old spreadsheets write. */
  readonly guessed: boolean;
}

/** A text file's text: by its mark, else UTF-8 if it is that, else UTF-16 by its zeros, else Windows-1252. */
export function decodeText(bytes: Uint8Array, encoding: string | null = null): Decoded {
  if (encoding !== null) return { text: decoder(encoding).decode(bytes), encoding, guessed: false };
  const marked = markOf(bytes);
  if (marked) return { text: decoder(marked).decode(bytes), encoding: marked, guessed: false };
  const wide = wideOf(bytes);
  if (wide) return { text: decoder(wide).decode(bytes), encoding: wide, guessed: true };
  if (bytes.includes(0))
    throw planFileError(
      "PLAN_FILE_FORMAT_UNKNOWN",
      "The file is neither text nor a format that is read here.",
      "Save it as CSV (UTF-8), Excel (.xlsx), GeoJSON or KML.",
    );
  try {
    // A last character that is cut in two is no reason to take the file for another encoding.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return { text, encoding: "utf-8", guessed: false };
  } catch {
    return { text: decoder("windows-1252").decode(bytes), encoding: "windows-1252", guessed: true };
  }
}

/** @throws OvertError `PLAN_FILE_ENCODING` */
export function decoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch (cause) {
    throw planFileError(
      "PLAN_FILE_ENCODING",
      `The text encoding "${label.slice(0, 40)}" is not known.`,
      "Save the file as UTF-8.",
      cause,
    );
  }
}

export function markOf(bytes: Uint8Array): string | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  return null;
}

/** UTF-16 of mostly Latin text has a zero in every second byte. */
function wideOf(bytes: Uint8Array): string | null {
  const length = Math.min(bytes.length, 4_096) & ~1;
  if (length < 4) return null;
  const zeros = [0, 0] as [number, number];
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[(i & 1) as 0 | 1]++;
  const half = length / 2;
  if (zeros[1] > half * 0.4 && zeros[0] < half * 0.05) return "utf-16le";
  if (zeros[0] > half * 0.4 && zeros[1] < half * 0.05) return "utf-16be";
  return null;
}
