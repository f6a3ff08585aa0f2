import { createHash } from "node:crypto";
import { type CameraId, type Instant, instant, toHex, utf8 } from "@overt/core";
import { readMs, writeMs } from "@overt/seal/fields";
import { nativeCrc32c } from "../store/entry.ts";

/** Layout: README.md. Far smaller than a sector, so that power cuts leave a slot old or new, and rarely torn. */
export const SLOT_BYTES = 128;
/** At the front of the file, written in turn. */
export const HEAD_SLOTS = 2;
export const KEY_BYTES = 32;
const VERSION = 1;
const MAGIC = utf8("OVPK");
const HEAD_MAGIC = utf8("OVRTKEYS");
const CRC_AT = SLOT_BYTES - 4;

/** SHA-256 of the camera id, in hex: the key store's disk alone does not say which cameras there are. */
export type CameraHash = string;
export const cameraHash = (camera: CameraId): CameraHash => createHash("sha256").update(camera).digest("hex");

export interface Slot {
  /** `destroyed` keeps the name and the expiry without the key, so that another place's copy dies too. */
  readonly state: "live" | "destroyed";
  readonly camera: CameraHash;
  readonly periodStart: Instant;
  readonly expiry: Instant;
  /** Zeros when destroyed. */
  readonly key: Uint8Array<ArrayBuffer>;
}

/** What the first two slots hold, the one with the higher `turn` being true. */
export interface Head {
  /** 16 random bytes in hex, the same in both places of one key store. */
  readonly store: string;
  /** Every key whose expiry is at or before it is dead, whatever a place or a clock says later. */
  readonly horizon: Instant;
  /** Trusted time from which on not every place was there; `null` while all are. */
  readonly awaySince: Instant | null;
  /** How many places there were when all were there last; 0 where that was never noted. */
  readonly places: number;
  readonly turn: number;
}

export const slotName = (camera: CameraHash, periodStart: Instant): string => `${camera} ${periodStart}`;

export function encodeSlot(slot: Slot): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[4] = slot.state === "live" ? 1 : 2;
  bytes.set(Buffer.from(slot.camera, "hex"), 8);
  writeMs(view, 40, slot.periodStart);
  writeMs(view, 48, slot.expiry);
  if (slot.state === "live") bytes.set(slot.key, 56);
  view.setUint32(CRC_AT, nativeCrc32c(bytes.subarray(0, CRC_AT)));
  return bytes;
}

/** The key is a view into `bytes`. @returns `free` for zeros, `torn` for what was not written whole. */
export function decodeSlot(bytes: Uint8Array<ArrayBuffer>): Slot | "free" | "torn" {
  if (bytes.every((byte) => byte === 0)) return "free";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const periodStart = readMs(view, 40);
  const expiry = readMs(view, 48);
  if (!isWhole(bytes, MAGIC) || periodStart === null || expiry === null) return "torn";
  return {
    state: bytes[4] === 1 ? "live" : "destroyed",
    camera: toHex(bytes.subarray(8, 40)),
    periodStart: instant(periodStart),
    expiry: instant(expiry),
    key: bytes.subarray(56, 56 + KEY_BYTES),
  };
}

export function encodeHead(head: Head): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(HEAD_MAGIC);
  view.setUint32(8, VERSION);
  view.setUint32(12, head.turn);
  bytes.set(Buffer.from(head.store, "hex"), 16);
  writeMs(view, 32, head.horizon);
  writeMs(view, 40, head.awaySince ?? 0);
  bytes[48] = head.places;
  view.setUint32(CRC_AT, nativeCrc32c(bytes.subarray(0, CRC_AT)));
  return bytes;
}

/** @returns `newer` for a later version, `null` for what is no head. */
export function decodeHead(bytes: Uint8Array): Head | "newer" | null {
  if (bytes.length !== SLOT_BYTES || !isWhole(bytes, HEAD_MAGIC)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) > VERSION) return "newer";
  const away = readMs(view, 40) ?? 0;
  return {
    store: toHex(bytes.subarray(16, 32)),
    horizon: instant(readMs(view, 32) ?? 0),
    awaySince: away === 0 ? null : instant(away),
    places: view.getUint8(48),
    turn: view.getUint32(12),
  };
}

function isWhole(bytes: Uint8Array, magic: Uint8Array): boolean {
  if (magic.some((byte, i) => bytes[i] !== byte)) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(CRC_AT) === nativeCrc32c(bytes.subarray(0, CRC_AT));
}
