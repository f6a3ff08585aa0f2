import { z } from "zod";
import { CameraIdText, InstantMs, Problem, RecorderStatus, Timeline } from "./status.ts";

/**
 * What the centre asks of a recorder, as frame heads over one socket. Each request is answered by replies of the same
 * `id`; pictures come as frames whose body is an encoded picture. There is no request that yields an original.
 */
export const RecorderRequest = z.discriminatedUnion("op", [
  z.object({ op: z.literal("status"), id: z.number() }),
  /** Replaces the set of live cameras of this connection. New ones start with their last group of pictures. */
  z.object({ op: z.literal("watch"), id: z.number(), cameras: z.array(CameraIdText).max(4096) }),
  z.object({ op: z.literal("timeline"), id: z.number(), camera: CameraIdText, from: InstantMs, to: InstantMs }),
  /** Recorded anonymised pictures of `[from, to)`, preceded by those back to the key picture at or before `from`. */
  z.object({ op: z.literal("read"), id: z.number(), camera: CameraIdText, from: InstantMs, to: InstantMs }),
  /** The last key picture at or before `at`. */
  z.object({ op: z.literal("still"), id: z.number(), camera: CameraIdText, at: InstantMs }),
  z.object({ op: z.literal("cancel"), id: z.number(), request: z.number() }),
]);
export type RecorderRequest = z.infer<typeof RecorderRequest>;

/** `read` and `still` send `pictures` (bodies are `u32 length, picture` repeated) and then `done`. */
export const RecorderReply = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("status"), id: z.number(), status: RecorderStatus }),
  z.object({ kind: z.literal("timeline"), id: z.number(), timeline: Timeline }),
  z.object({ kind: z.literal("pictures"), id: z.number() }),
  z.object({ kind: z.literal("done"), id: z.number() }),
  z.object({ kind: z.literal("refused"), id: z.number(), problem: Problem }),
  /** Not asked for: sent at most once a second when something changed. */
  z.object({ kind: z.literal("changed"), status: RecorderStatus }),
  /** Body: one encoded live picture. */
  z.object({ kind: z.literal("live") }),
]);
export type RecorderReply = z.infer<typeof RecorderReply>;

/** At most this much is sent for one `read`; players ask again as they go. */
export const READ_LIMIT_MS = 60_000;
