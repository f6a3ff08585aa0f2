import { type FileHandle, access, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { concatBytes, type Instant, instant, type RecorderId, utf8, OvertError } from "@overt/core";
import { readMs, writeMs } from "@overt/seal/fields";
import type { PlacedEntry } from "./entry.ts";
import { FooterBuilder } from "./footer.ts";

/** Layout: README.md, "Pack". */
export const PACK_HEADER_BYTES = 64;
const MAGIC = utf8("OVRTPACK");
const VERSION = 1;

export interface PackName {
  readonly number: number;
  readonly retentionClass: number;
}

export interface PackHeader extends PackName {
  readonly created: Instant;
  /** As far as it fits 32 bytes, which every lawful id does. */
  readonly recorder: RecorderId;
}

export const packPath = (directory: string, { number, retentionClass }: PackName): string =>
  join(directory, "packs", String(retentionClass), `${String(number).padStart(8, "0")}.pack`);

export function encodePackHeader(header: PackHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PACK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, VERSION);
  view.setUint32(12, header.retentionClass);
  writeMs(view, 16, header.number);
  writeMs(view, 24, header.created);
  bytes.set(utf8(header.recorder), 32);
  return bytes;
}

/** @returns `null` when these bytes are not the header of a pack of this version. */
export function decodePackHeader(bytes: Uint8Array): PackHeader | null {
  if (bytes.length < PACK_HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = readMs(view, 16);
  const created = readMs(view, 24);
  if (view.getUint32(8) !== VERSION || number === null || created === null) return null;
  const name = bytes.subarray(32, PACK_HEADER_BYTES);
  const end = name.indexOf(0);
  const recorder = new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)) as RecorderId;
  return { number, retentionClass: view.getUint32(12), created: instant(created), recorder };
}

/** Behind the name of a pack that has no header yet. */
export const BEGUN = ".new";

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A pack that is being appended to. One flush at a time: `append`, `sync`, and then what it says is true. */
export class OpenPack implements PackName {
  readonly number: number;
  readonly retentionClass: number;
  readonly path: string;
  readonly #file: FileHandle;
  readonly #openedAtMs = performance.now();
  readonly #footer = new FooterBuilder();
  #bytes = PACK_HEADER_BYTES;
  #nameIsDurable = false;

  private constructor(name: PackName, path: string, file: FileHandle) {
    this.number = name.number;
    this.retentionClass = name.retentionClass;
    this.path = path;
    this.#file = file;
  }

  /**
   * Never opens what is there: a number is used once. What has the name of a pack has its header, whatever power does:
   * a file system may show in a file that grew what another one held.
   */
  static async create(directory: string, header: PackHeader): Promise<OpenPack> {
    const path = packPath(directory, header);
    // Step by step: the store's own directory is never made, in case it is a volume that went away.
    await makeDirectory(dirname(dirname(path)));
    await makeDirectory(dirname(path));
    const begun = `${path}${BEGUN}`;
    const file = await open(begun, "w");
    const pack = new OpenPack(header, path, file);
    try {
      await pack.#write([encodePackHeader(header)], 0);
      await file.datasync();
      if (await isThere(path)) throw new OvertError("PACK_EXISTS", `${path} is there already.`);
      await rename(begun, path);
      return pack;
    } catch (thrown) {
      await file.close();
      await unlink(begun);
      throw thrown;
    }
  }

  /** Bytes that are written and listed. */
  get bytes(): number {
    return this.#bytes;
  }

  get ageMs(): number {
    return performance.now() - this.#openedAtMs;
  }

  /** Writes behind the listed bytes and syncs; nothing is listed before `list`. */
  async append(records: readonly Uint8Array[]): Promise<void> {
    await this.#write(joined(records), this.#bytes);
    await this.#file.datasync();
    if (this.#nameIsDurable) return;
    await syncDirectory(dirname(this.path));
    this.#nameIsDurable = true;
  }

  list(row: PlacedEntry): void {
    this.#footer.add(row);
    this.#bytes = row.place.offset + row.place.bytes;
  }

  /** Cuts what an append that failed has left behind the listed bytes. */
  async cutBack(): Promise<void> {
    await this.#file.truncate(this.#bytes);
  }

  /** Writes the footer and closes the file. */
  async finish(): Promise<void> {
    await this.#write([this.#footer.encode()], this.#bytes);
    await this.#file.datasync();
    await this.#file.close();
  }

  async #write(parts: readonly Uint8Array[], position: number): Promise<void> {
    let length = 0;
    for (const part of parts) length += part.length;
    const { bytesWritten } = await this.#file.writev([...parts], position);
    if (bytesWritten === length) return;
    // A short write comes before "no space left", which the next one then says.
    const all = concatBytes(parts);
    let at = bytesWritten;
    while (at < length) at += (await this.#file.write(all, at, length - at, position + at)).bytesWritten;
  }
}

/** What lies side by side in memory, as records of one hand-over do, is one piece of a write. */
function joined(parts: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const last = pieces.at(-1);
    if (last && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset)
      pieces[pieces.length - 1] = new Uint8Array(part.buffer, last.byteOffset, last.length + part.length);
    else pieces.push(part);
  }
  return pieces;
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return;
    throw thrown;
  }
  await syncDirectory(dirname(path));
}

/** Makes new and removed names of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
