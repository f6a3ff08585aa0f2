import type { Hooks } from "../server/hooks.ts";

/** Something that a camera does wrong. */
export interface Fault {
  readonly name: string;
  /** One sentence: what the camera does. */
  readonly does: string;
  /** Pictures other than the usual are sent. */
  readonly stream?: {
    readonly gopSeconds?: number;
    readonly bPictures?: number;
    /** Another size from time to time, at a key picture. */
    readonly resize?: boolean;
  };
  /** Fresh hooks for one camera. */
  hooks?(): Hooks;
}
