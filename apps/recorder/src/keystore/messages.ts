import type { Instant } from "@overt/core";
import type { DestroyedPeriod, PlaceState } from "./keys.ts";
import type { CameraHash } from "./slot.ts";

interface Period {
  readonly camera: CameraHash;
  readonly periodStart: Instant;
}

/** What a recorder asks of its keeper, in a frame's head. Keys travel in bodies, so that no JSON text holds one. */
export type KeeperQuestion =
  | { readonly op: "open"; readonly places: readonly string[] }
  | ({ readonly op: "ensure"; readonly expiry: Instant } & Period)
  | ({ readonly op: "get" } & Period)
  | ({ readonly op: "destroy"; readonly expiry: Instant } & Period)
  /** `null`: trusted time is in doubt. */
  | { readonly op: "time"; readonly trustedNow: Instant | null };

/** Sent unasked when keys have expired. */
export interface DestroyedMessage {
  readonly destroyed: readonly DestroyedPeriod[];
}

export interface PlacesAnswer {
  readonly places: readonly PlaceState[];
  /** `null` while every place is there, or no trusted time has been told since one went. */
  readonly awaySince: Instant | null;
}
