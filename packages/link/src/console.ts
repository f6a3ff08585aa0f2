import { z } from "zod";
import { CameraIdText, InstantMs, Problem, RecorderStatus, Timeline } from "./status.ts";

/**
 * What a browser says on `/api/socket` (JSON text messages). One socket serves every tile, so that the browser's limit
 * of connections never blackens the eleventh one.
 */
export const ConsoleRequest = z.discriminatedUnion("op", [
  z.object({ op: z.literal("watch"), cameras: z.array(CameraIdText).max(64) }),
  z.object({
    op: z.literal("timeline"),
    id: z.number().int().positive(),
    camera: CameraIdText,
    from: InstantMs,
    to: InstantMs,
  }),
  z.object({
    op: z.literal("read"),
    id: z.number().int().positive(),
    camera: CameraIdText,
    from: InstantMs,
    to: InstantMs,
  }),
  z.object({ op: z.literal("still"), id: z.number().int().positive(), camera: CameraIdText, at: InstantMs }),
  z.object({ op: z.literal("cancel"), request: z.number().int().positive() }),
]);
export type ConsoleRequest = z.infer<typeof ConsoleRequest>;

/**
 * What the centre says back as JSON text; pictures come beside it as binary messages (see `picture.ts`), live with
 * stream 0, recorded with the stream of their request's `id`.
 */
export const ConsoleReply = z.discriminatedUnion("kind", [
  /** First message, and again on each change. `recorders` is what the centre last heard of each. */
  z.object({
    kind: z.literal("status"),
    now: InstantMs,
    recorders: z.array(z.object({ connected: z.boolean(), heardAt: InstantMs.nullable(), status: RecorderStatus })),
  }),
  z.object({ kind: z.literal("timeline"), id: z.number(), timeline: Timeline }),
  z.object({ kind: z.literal("done"), id: z.number() }),
  z.object({ kind: z.literal("refused"), id: z.number(), problem: Problem }),
  /** Pictures were left out for this viewer alone: its link is slower than the stream. */
  z.object({ kind: z.literal("delayed"), camera: CameraIdText, droppedPictures: z.number() }),
  /** Said before the centre closes the socket, so that a page can tell one cause from another. */
  z.object({ kind: z.literal("closing"), problem: Problem }),
]);
export type ConsoleReply = z.infer<typeof ConsoleReply>;
