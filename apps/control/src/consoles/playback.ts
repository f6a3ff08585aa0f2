import { type CameraId, type DurationMs, type Instant, instant, seconds } from "@overt/core";
import { decodePicture, type Problem, restream } from "@overt/link";
import type { RecorderLink } from "../recorders/link.ts";
import type { ViewerSocket } from "./viewer-socket.ts";

/** Recorded pictures that a page asked for. */
export interface PlaybackRequest {
  readonly id: number;
  readonly link: RecorderLink;
  readonly camera: CameraId;
  /** `[from, to)` is read; `at` is one still. */
  readonly what: { readonly from: Instant; readonly to: Instant } | { readonly at: Instant };
  readonly done: () => void;
  readonly refused: (problem: Problem) => void;
}

/**
 * A read is fetched in slices of about this many bytes: what is under way at once fits the viewer's bound with room to
 * spare, whatever the bitrate. Lengths follow what the slice before weighed.
 */
const SLICE_BYTES = 512 * 1024;
const FIRST_SLICE_MS: DurationMs = seconds(2);
const SHORTEST_SLICE_MS: DurationMs = 200;
const AT_ONCE = 4;
/** More is fetched only while less than this of recorded pictures waits for the viewer. */
const ROOM_BYTES = 1024 * 1024;

interface Job {
  readonly request: PlaybackRequest;
  cursor: Instant;
  sliceMs: DurationMs;
  sliceBytes: number;
  cancelAsk: () => void;
}

/**
 * Fetches recorded pictures as fast as one viewer takes them, in slices and by turns, so that neither a slow page nor
 * sixteen reads at once fill the centre's memory or hold up live pictures.
 */
export class Playback {
  readonly #viewer: ViewerSocket;
  readonly #queue: Job[] = [];
  readonly #running = new Set<Job>();

  constructor(viewer: ViewerSocket) {
    this.#viewer = viewer;
    viewer.onRoom(ROOM_BYTES, () => this.#pump());
  }

  /** @returns cancels; nothing of the request is sent afterwards. */
  start(request: PlaybackRequest): () => void {
    const { what } = request;
    const job: Job = {
      request,
      cursor: "at" in what ? what.at : what.from,
      sliceMs: FIRST_SLICE_MS,
      sliceBytes: 0,
      cancelAsk: () => {},
    };
    this.#queue.push(job);
    this.#pump();
    return () => this.#cancel(job);
  }

  #pump(): void {
    while (this.#running.size < AT_ONCE && this.#viewer.waitingRecordedBytes < ROOM_BYTES) {
      const job = this.#queue.shift();
      if (!job) return;
      this.#running.add(job);
      const cancelAsk = this.#ask(job);
      if (this.#running.has(job)) job.cancelAsk = cancelAsk;
    }
  }

  #ask(job: Job): () => void {
    const { link, camera, what, done, refused } = job.request;
    const from = job.cursor;
    const to = "at" in what ? from : instant(Math.min(what.to, from + job.sliceMs));
    const isFirst = !("at" in what) && from === what.from;
    const isStill = "at" in what;
    const question = isStill
      ? ({ op: "still", camera, at: what.at } as const)
      : ({ op: "read", camera, from, to } as const);
    return link.ask(question, {
      // Each slice begins at a key picture before it; only the first one's are new to the page.
      picture: (encoded) => {
        if (!isFirst && !isStill && decodePicture(encoded).at < from) return;
        job.sliceBytes += encoded.length;
        this.#viewer.recorded(restream(encoded, job.request.id));
      },
      done: () => {
        this.#running.delete(job);
        advance(job, to);
        if ("at" in what || to >= what.to) done();
        else this.#queue.push(job);
        this.#pump();
      },
      refused: (problem) => {
        this.#running.delete(job);
        refused(problem);
        this.#pump();
      },
    });
  }

  #cancel(job: Job): void {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#queue.splice(at, 1);
    if (!this.#running.delete(job)) return;
    job.cancelAsk();
    this.#pump();
  }
}

function advance(job: Job, to: Instant): void {
  const fitting = job.sliceBytes > 0 ? (job.sliceMs * SLICE_BYTES) / job.sliceBytes : Number.POSITIVE_INFINITY;
  job.sliceMs = Math.round(Math.max(SHORTEST_SLICE_MS, Math.min(fitting, job.sliceMs * 2)));
  job.sliceBytes = 0;
  job.cursor = to;
}
