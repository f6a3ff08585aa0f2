import type { Instant } from "@overt/core";
import { type CameraHash, decodeSlot, encodeSlot, HEAD_SLOTS, type Slot, SLOT_BYTES } from "./slot.ts";

const EXPIRY_AT = 48;
const GROWTH = 1.25;

/**
 * The slots of one place in memory, byte for byte as they lie in its file: a recorder of 250 cameras has 200,000, and is
 * asked each second which of them have expired.
 */
export class SlotTable {
  #bytes: Uint8Array<ArrayBuffer>;
  #count: number;
  /** Where the slot of each period of a camera is. */
  readonly #at = new Map<CameraHash, Map<Instant, number>>();
  readonly #free: number[] = [];

  /** @param bytes the whole file, heads too; whole slots of it are taken over and belong to the table from now on */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#count = Math.max(HEAD_SLOTS, Math.ceil(bytes.length / SLOT_BYTES));
    this.#bytes = bytes;
    if (bytes.length < this.#count * SLOT_BYTES) this.#grow(this.#count);
  }

  /** Finds out what is in each slot. @returns those that are torn, which are free from now on */
  read(): number[] {
    const torn: number[] = [];
    for (let at = HEAD_SLOTS; at < this.#count; at++) {
      const slot = decodeSlot(this.bytesAt(at));
      if (slot === "torn") torn.push(at);
      if (slot === "free" || slot === "torn") this.#clear(at);
      else this.#remember(slot, at);
    }
    return torn;
  }

  /** Its key is a view into the table: copy what is kept. */
  get(camera: CameraHash, periodStart: Instant): Slot | null {
    const at = this.#at.get(camera)?.get(periodStart);
    return at === undefined ? null : this.#slotAt(at);
  }

  *[Symbol.iterator](): Generator<Slot> {
    for (const periods of this.#at.values()) for (const at of periods.values()) yield this.#slotAt(at);
  }

  /** Live or destroyed. */
  *expired(now: Instant): Generator<Slot> {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    for (let at = HEAD_SLOTS; at < this.#count; at++) {
      const offset = at * SLOT_BYTES;
      if (view.getUint8(offset) === 0) continue;
      if (view.getInt32(offset + EXPIRY_AT) * 2 ** 32 + view.getUint32(offset + EXPIRY_AT + 4) <= now)
        yield this.#slotAt(at);
    }
  }

  /** Over the slot of this period, if there is one. @returns where it is now */
  set(slot: Slot): number {
    const at = this.#at.get(slot.camera)?.get(slot.periodStart) ?? this.#free.pop() ?? this.#count++;
    if (this.#bytes.length < this.#count * SLOT_BYTES) this.#grow(Math.ceil(this.#count * GROWTH));
    const encoded = encodeSlot(slot);
    this.#bytes.set(encoded, at * SLOT_BYTES);
    encoded.fill(0);
    this.#remember(slot, at);
    return at;
  }

  /** @returns where it was; null when there is none */
  delete({ camera, periodStart }: Pick<Slot, "camera" | "periodStart">): number | null {
    const periods = this.#at.get(camera);
    const at = periods?.get(periodStart);
    if (at === undefined) return null;
    periods?.delete(periodStart);
    if (periods?.size === 0) this.#at.delete(camera);
    this.#clear(at);
    return at;
  }

  /** A view. */
  bytesAt(at: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(at * SLOT_BYTES, (at + 1) * SLOT_BYTES);
  }

  /** Nothing of it stays in memory. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  #slotAt(at: number): Slot {
    return decodeSlot(this.bytesAt(at)) as Slot;
  }

  #remember({ camera, periodStart }: Slot, at: number): void {
    const periods = this.#at.get(camera) ?? new Map<Instant, number>();
    this.#at.set(camera, periods.set(periodStart, at));
  }

  #clear(at: number): void {
    this.bytesAt(at).fill(0);
    this.#free.push(at);
  }

  #grow(slots: number): void {
    const larger = new Uint8Array(slots * SLOT_BYTES);
    larger.set(this.#bytes);
    this.#bytes.fill(0);
    this.#bytes = larger;
  }
}
