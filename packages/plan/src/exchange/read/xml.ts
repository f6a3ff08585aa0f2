import { SaxesParser } from "saxes";
import { planFileError } from "../plan-file-error.ts";
import { decoder, markOf } from "./decode.ts";

export interface XmlSink {
  /** Without its prefix. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

const local = (name: string): string => name.slice(name.indexOf(":") + 1);
const CHUNK = 65_536;

/** No file that means well nests deeper. */
const DEEPEST = 200;

/**
 * Reads XML as it comes; entities of a DTD are not followed, so nothing can blow up.
 *
 * @throws OvertError `PLAN_FILE_INVALID`, `PLAN_FILE_TRUNCATED`, `PLAN_FILE_ENCODING`
 */
export function readXml(chunks: Iterable<Uint8Array>, sink: XmlSink): void {
  const parser = new SaxesParser({ position: true });
  let depth = 0;
  let ended = false;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (++depth > DEEPEST) throw planFileError("PLAN_FILE_INVALID", "Its elements are nested too deep.");
    sink.open(local(name), attributes as Record<string, string>);
  });
  parser.on("closetag", ({ name }) => {
    ended = --depth === 0;
    sink.close(local(name));
  });
  parser.on("text", (text) => sink.text(text));
  parser.on("cdata", (text) => sink.text(text));
  let decode: TextDecoder | null = null;
  const write = (text: string): void => {
    try {
      parser.write(text);
    } catch (thrown) {
      throw invalid(thrown);
    }
  };
  for (const bytes of chunks)
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const chunk = bytes.subarray(at, at + CHUNK);
      decode ??= decoder(encodingOf(chunk));
      write(decode.decode(chunk, { stream: true }));
    }
  if (decode) write(decode.decode());
  if (!ended)
    throw planFileError("PLAN_FILE_TRUNCATED", "The file ends within an element.", "It is cut short: fetch it again.");
  try {
    parser.close();
  } catch (thrown) {
    throw invalid(thrown);
  }
}

function invalid(thrown: unknown): unknown {
  if (thrown instanceof Error && thrown.name === "OvertError") return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return planFileError(
    "PLAN_FILE_INVALID",
    `It is no well-formed XML (${why.slice(0, 200)}).`,
    "Save it again from the program that made it.",
  );
}

/** By its mark, by the zeros of UTF-16, or by what its first line says. */
function encodingOf(start: Uint8Array): string {
  const marked = markOf(start);
  if (marked) return marked;
  if (start[0] === 0x3c && start[1] === 0) return "utf-16le";
  if (start[0] === 0 && start[1] === 0x3c) return "utf-16be";
  const line = new TextDecoder("windows-1252").decode(start.subarray(0, 200));
  return /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)["']/.exec(line)?.[1] ?? "utf-8";
}
