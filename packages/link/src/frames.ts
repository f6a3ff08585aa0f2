import { concatBytes, fromUtf8, OvertError, utf8 } from "@overt/core";

/** A message between two Overt processes: a small JSON head and, after it, bytes that need no JSON. */
export interface Frame {
  readonly head: unknown;
  readonly body: Uint8Array;
}

/** Larger than any lawful frame (an append of many fragments), small enough to refuse garbage before allocating. */
export const FRAME_LIMIT_BYTES = 64 * 1024 * 1024;

/** `u32 rest length, u32 head length, head as JSON, body`; integers big-endian. Returned in pieces for one `writev`. */
export function encodeFrame(head: unknown, body: readonly Uint8Array[] = []): Uint8Array[] {
  const json = utf8(JSON.stringify(head));
  let bodyLength = 0;
  for (const part of body) bodyLength += part.length;
  const front = new Uint8Array(8 + json.length);
  const view = new DataView(front.buffer);
  view.setUint32(0, 4 + json.length + bodyLength);
  view.setUint32(4, json.length);
  front.set(json, 8);
  return [front, ...body];
}

/** Cuts a byte stream into frames. One per connection. */
export class FrameReader {
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @returns the frames that are whole now. @throws OvertError `FRAME_INVALID`: the connection must be closed. */
  push(chunk: Uint8Array): Frame[] {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      if (this.#length < 8) return frames;
      const need = this.#nextLength();
      if (this.#length < need) return frames;
      const all = this.#joined();
      frames.push(parseFrame(all.subarray(0, need)));
      this.#parts = need < all.length ? [all.subarray(need)] : [];
      this.#length = all.length - need;
    }
  }

  #nextLength(): number {
    if ((this.#parts[0]?.length ?? 0) < 8) this.#joined();
    const first = this.#parts[0] as Uint8Array;
    const rest = new DataView(first.buffer, first.byteOffset, first.byteLength).getUint32(0);
    if (rest < 4 || rest > FRAME_LIMIT_BYTES)
      throw new OvertError("FRAME_INVALID", `A peer announced a frame of ${rest} bytes.`, {
        hint: "The two processes may be of different versions.",
      });
    return 4 + rest;
  }

  #joined(): Uint8Array {
    if (this.#parts.length !== 1) this.#parts = [concatBytes(this.#parts)];
    return this.#parts[0] as Uint8Array;
  }
}

function parseFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headLength = view.getUint32(4);
  if (8 + headLength > bytes.length) throw new OvertError("FRAME_INVALID", "A frame's head is longer than the frame.");
  try {
    return { head: JSON.parse(fromUtf8(bytes.subarray(8, 8 + headLength))), body: bytes.subarray(8 + headLength) };
  } catch (cause) {
    throw new OvertError("FRAME_INVALID", "A frame's head is not JSON.", { cause });
  }
}
