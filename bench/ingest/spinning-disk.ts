import type { DiskCalls } from "./disk-calls.ts";

/**
 * A disk as recorders have it. Latency and transfer are its data sheet's; the seek is what is usual for its class, since
 * the sheet gives none. Reckoned with, not measured here: this machine has no such disk.
 */
const EXOS_7E10 = { name: "Seagate Exos 7E10 (7,200/min)", seekMs: 8.5, latencyMs: 4.16, bytesPerMs: 255_000 };

const { name, seekMs, latencyMs, bytesPerMs } = EXOS_7E10;
export const DISK_NAME = name;
const placeMs = seekMs + latencyMs;
/** A sync moves the heads to the data and to the file system's journal. */
const PLACES_PER_SYNC = 2;

/** Share of its time that it would be busy with writing like this. */
export const busyShare = ({ syncsPerS, packWritesPerS, bytesPerPackWrite }: DiskCalls): number =>
  (syncsPerS * PLACES_PER_SYNC * placeMs + (packWritesPerS * bytesPerPackWrite) / bytesPerMs) / 1_000;

/** To read an hour of one camera back, whose fragments lie among all the others': a seek for each. */
export const hourReadS = (fragmentMs: number, bitrateBps: number): number =>
  ((3_600_000 / fragmentMs) * placeMs + (bitrateBps * 450) / bytesPerMs) / 1_000;
