import { type Sourced, sourced } from "../power/sourced.ts";
import { disksFor, type Layout } from "./layout.ts";
import { checkFigure } from "./network-error.ts";

/** One track of one camera, as it is kept. */
export interface KeptTrack {
  readonly camera: string;
  readonly site: string;
  readonly track: "original" | "anonymised";
  /** Over a day, in the hours in which it records. */
  readonly kbps: number;
  readonly hoursPerDay: number;
  readonly retentionDays: number;
  /** A fragment holds at most a second, and at least a picture. */
  readonly fps: number;
}

/** What sealing adds, by the byte (`packages/seal/README.md`) and by this release's own benches. */
export const SEALING = {
  fragmentBytes: sourced(132, "seal: prefix 16, header 100, tag 16"),
  segmentBytes: sourced(272, "seal: header 140 and end message 132, each minute"),
  envelopeBytes: sourced(
    { original: 5_599, anonymised: 140 },
    "seal/vectors.json: 3 and 5 custodians; period key alone",
  ),
  statementBytes: sourced(284, "seal/vectors.json: two segments"),
  epochSeconds: sourced(120, "DESIGN §1.3"),
  /** Footers and index, of each byte kept. */
  indexShare: sourced(
    91_930 / 1_073_741_824 + 30_880 / 1e9,
    "bench/results/rebuild.json: footer 91.93 kB per pack of 1 GiB, index 30.88 kB per GB",
  ),
};

export interface StoragePolicy {
  /** Kept for holds, of what retention keeps. */
  readonly holdsShare: number;
  /** Left free, of all. */
  readonly marginShare: number;
  readonly layout: Layout;
  readonly diskTb: number;
}

export const STORAGE_DEFAULTS: { readonly [Key in "holdsShare" | "marginShare"]: Sourced<number> } = {
  holdsShare: sourced(0.1, "our default: a tenth of the footage on hold at once"),
  marginShare: sourced(0.15, "our default: file systems slow down above 85–90 %"),
};

/** In TB of 10¹² bytes; the parts add up to `usableTb`. */
export interface Storage {
  readonly originalsTb: number;
  readonly anonymisedTb: number;
  readonly sealingTb: number;
  /** Its key is dead, its bytes go with the pack: an hour, and the period. */
  readonly lingeringTb: number;
  readonly holdsTb: number;
  readonly marginTb: number;
  readonly usableTb: number;
  /** With what the layout takes. */
  readonly rawTb: number;
  readonly disks: number;
  readonly writeMbytesPerS: number;
}

/**
 * What a store must hold.
 *
 * @throws OvertError `NETWORK_FIGURE_INVALID`
 */
export function storageOf(
  tracks: readonly KeptTrack[],
  { holdsShare, marginShare, layout, diskTb }: StoragePolicy,
): Storage {
  tracks.forEach(checkTrack);
  checkFigure("The reserve for holds", holdsShare, 0, 10);
  checkFigure("The margin", marginShare, 0, 0.9);
  const tb = (of: (track: KeptTrack) => number): number => tracks.reduce((sum, track) => sum + of(track), 0) / 1e12;
  const only = (name: KeptTrack["track"]) =>
    tb((track) => (track.track === name ? pictureBytesPerDay(track) * track.retentionDays : 0));
  const [originalsTb, anonymisedTb] = [only("original"), only("anonymised")];
  const sealingTb = tb((track) => sealingBytesPerDay(track) * track.retentionDays);
  const lingeringTb = tb(
    (track) => ((pictureBytesPerDay(track) + sealingBytesPerDay(track)) / 24) * lingeringHours(track),
  );
  const kept = originalsTb + anonymisedTb + sealingTb + lingeringTb;
  const holdsTb = kept * holdsShare;
  const usableTb = (kept + holdsTb) / (1 - marginShare);
  const { rawTb, disks } = disksFor(layout, usableTb, diskTb);
  return {
    originalsTb,
    anonymisedTb,
    sealingTb,
    lingeringTb,
    holdsTb,
    marginTb: usableTb - kept - holdsTb,
    usableTb,
    rawTb,
    disks,
    writeMbytesPerS: tracks.reduce((sum, track) => sum + (pictureBytesPerDay(track) + sealingBytesPerDay(track)) / (track.hoursPerDay * 3_600), 0) / 1e6, // biome-ignore format: one line
  };
}

/** By site, in the order in which they come, each with its own disks. */
export function storageBySite(tracks: readonly KeptTrack[], policy: StoragePolicy): ReadonlyMap<string, Storage> {
  const sites = [...new Set(tracks.map(({ site }) => site))];
  return new Map(
    sites.map((site) => [
      site,
      storageOf(
        tracks.filter((track) => track.site === site),
        policy,
      ),
    ]),
  );
}

/** By camera: what it needs of it, without disks of its own. */
export function usableTbByCamera(tracks: readonly KeptTrack[], policy: StoragePolicy): ReadonlyMap<string, number> {
  const cameras = [...new Set(tracks.map(({ camera }) => camera))];
  return new Map(
    cameras.map((camera) => [
      camera,
      storageOf(
        tracks.filter((track) => track.camera === camera),
        policy,
      ).usableTb,
    ]),
  );
}

export const pictureBytesPerDay = ({ kbps, hoursPerDay }: KeptTrack): number =>
  ((kbps * 1_000) / 8) * hoursPerDay * 3_600;

export function sealingBytesPerDay(track: KeptTrack): number {
  // A fragment is at most a second; a slower track has one for each picture.
  const fragmentsPerS = Math.min(1, track.fps);
  const perS =
    fragmentsPerS * SEALING.fragmentBytes.value +
    SEALING.segmentBytes.value / 60 +
    (SEALING.envelopeBytes.value[track.track] + SEALING.statementBytes.value) / SEALING.epochSeconds.value;
  return perS * track.hoursPerDay * 3_600 + pictureBytesPerDay(track) * SEALING.indexShare.value;
}

/** The period is an hour, or a 24th of the retention if that is less (DESIGN §1.8); a pack is closed after an hour. */
const lingeringHours = ({ retentionDays }: KeptTrack): number => Math.min(1, retentionDays) + 1;

function checkTrack({ camera, kbps, hoursPerDay, retentionDays, fps }: KeptTrack): void {
  checkFigure(`The rate of "${camera}"`, kbps);
  checkFigure(`The hours a day of "${camera}"`, hoursPerDay, 0.01, 24);
  checkFigure(`The retention of "${camera}"`, retentionDays);
  checkFigure(`The pictures a second of "${camera}"`, fps, 0.0001, 240);
}
