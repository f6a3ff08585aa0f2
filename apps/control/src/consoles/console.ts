import { asOvertError, type CameraId, instant } from "@overt/core";
import { ConsoleRequest, type Problem, READ_LIMIT_MS, type Timeline } from "@overt/link";
import type { Fleet, LivePicture, Viewer } from "../recorders/fleet.ts";
import { spanFault } from "../recorders/spans.ts";
import { Playback, type PlaybackRequest } from "./playback.ts";
import { CLOSE, type ViewerSocket } from "./viewer-socket.ts";

/** Requests of one page that may be under way at one time: more than a wall of 16 scrubbing tiles needs. */
const REQUESTS_AT_ONCE = 64;

type PictureOrTimeline = Extract<ConsoleRequest, { op: "timeline" | "read" | "still" }>;

/** One page's conversation (`console.ts` of `@overt/link`). */
export class Console implements Viewer {
  readonly #socket: ViewerSocket;
  readonly #fleet: Fleet;
  readonly #playback: Playback;
  readonly #onStatusChanged: () => void;
  readonly #requests = new Map<number, () => void>();
  #watched: ReadonlySet<CameraId> = new Set();

  constructor(socket: ViewerSocket, fleet: Fleet, onStatusChanged: () => void) {
    this.#socket = socket;
    this.#fleet = fleet;
    this.#playback = new Playback(socket);
    this.#onStatusChanged = onStatusChanged;
    fleet.join(this);
  }

  live(picture: LivePicture): void {
    this.#socket.live(picture);
  }

  statusChanged(): void {
    this.#onStatusChanged();
  }

  /** A text message of the page. */
  receive(text: string): void {
    const request = parse(text);
    if (request === null) {
      this.#socket.close(CLOSE.INVALID, {
        code: "MESSAGE_INVALID",
        message: "This page said something that the centre does not understand.",
        hint: "Reload the page: it may be older than the centre.",
      });
      return;
    }
    if (request.op === "watch") this.#watch(request.cameras);
    else if (request.op === "cancel") this.#cancel(request.request);
    else this.#ask(request);
  }

  /** The page is gone. */
  end(): void {
    this.#fleet.leave(this);
    for (const cancel of this.#requests.values()) cancel();
    this.#requests.clear();
  }

  #watch(cameras: readonly CameraId[]): void {
    for (const camera of this.#watched.difference(new Set(cameras))) this.#socket.forget(camera);
    this.#watched = new Set(cameras);
    this.#fleet.watch(this, cameras);
  }

  #cancel(id: number): void {
    this.#requests.get(id)?.();
    this.#requests.delete(id);
  }

  #ask(request: PictureOrTimeline): void {
    const { id } = request;
    const refused = (problem: Problem) => {
      this.#requests.delete(id);
      this.#socket.say({ kind: "refused", id, problem });
    };
    const excess = this.#requests.has(id) ? idInUse(id) : this.#requests.size >= REQUESTS_AT_ONCE ? TOO_MANY : null;
    if (excess) {
      this.#socket.say({ kind: "refused", id, problem: excess });
      return;
    }
    // A refusal may come before `ask` returns: the entry stands before it.
    this.#requests.set(id, () => {});
    const cancel = this.#send(request, refused);
    if (this.#requests.has(id)) this.#requests.set(id, cancel);
  }

  #send(request: PictureOrTimeline, refused: (problem: Problem) => void): () => void {
    const { id, camera } = request;
    const done = () => {
      this.#requests.delete(id);
      this.#socket.say({ kind: "done", id });
    };
    try {
      const link = this.#fleet.linkOf(camera);
      if (request.op !== "timeline")
        return this.#playback.start({ id, link, camera, what: whatOf(request), done, refused });
      const { op, from, to } = request;
      const fault = spanFault(from, to);
      if (fault) {
        refused(fault);
        return () => {};
      }
      const timeline = (timeline: Timeline) => {
        this.#requests.delete(id);
        this.#socket.say({ kind: "timeline", id, timeline });
      };
      return link.ask({ op, camera, from, to }, { timeline, done, refused });
    } catch (thrown) {
      const { code, message, hint } = asOvertError(thrown);
      refused({ code, message, hint: hint ?? null });
      return () => {};
    }
  }
}

function whatOf(request: Extract<ConsoleRequest, { op: "read" | "still" }>): PlaybackRequest["what"] {
  if (request.op === "still") return { at: request.at };
  const { from, to } = request;
  return { from, to: instant(Math.min(to, from + READ_LIMIT_MS)) };
}

function parse(text: string): ConsoleRequest | null {
  try {
    return ConsoleRequest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not JSON, or an id that no camera can have: the caller says so to the page.
    return null;
  }
}

const idInUse = (id: number): Problem => ({
  code: "REQUEST_ID_IN_USE",
  message: `Request ${id} of this page is still under way.`,
  hint: "Use a new number for each request.",
});

const TOO_MANY: Problem = {
  code: "TOO_MANY_REQUESTS",
  message: `This page has ${REQUESTS_AT_ONCE} requests under way.`,
  hint: "Wait for some to end, or cancel them.",
};
