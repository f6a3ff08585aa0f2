import type { AccessUnit } from "../codec/unit.ts";
import type { VideoCodec } from "../codec/annexb.ts";
import type { ConnectionFacts, Hooks } from "../server/hooks.ts";

/** Pictures other than the usual. */
export interface StreamFault {
  readonly gopSeconds?: number;
  readonly bPictures?: number;
  /** Another size from time to time, at a key picture. */
  readonly resize?: boolean;
  /** Changes the loop's access units, in sending order. */
  units?(codec: VideoCodec, units: readonly AccessUnit[]): AccessUnit[];
}

/** Something that a camera does wrong. */
export interface Fault {
  /** The id of a case, or a plain name. */
  readonly name: string;
  /** One sentence: what the camera does. */
  readonly does: string;
  /**
   * Ways in which it does it. Connections take them in turn, so that a second attempt meets the next;
   * `NAME:2` keeps to the second.
   */
  readonly variants?: number;
  readonly stream?: StreamFault;
  /** Fresh hooks for one camera. */
  hooks?(variant: VariantOf): Hooks;
}

/** The variant for a connection, counted from 1. */
export type VariantOf = (connection: ConnectionFacts) => number;
