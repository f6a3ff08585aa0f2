import { createConnection, type Socket } from "node:net";
import { asOvertError, type CameraId, type DurationMs, type Instant, OvertError, seconds } from "@overt/core";
import {
  encodeFrame,
  type Frame,
  FrameReader,
  type Problem,
  RecorderReply,
  type RecorderRequest,
  type RecorderStatus,
  type Timeline,
} from "@overt/link";
import { splitPictures } from "./pictures.ts";

/** What the centre last heard of one recorder. */
export interface RecorderView {
  readonly name: string;
  readonly connected: boolean;
  readonly heardAt: Instant | null;
  readonly status: RecorderStatus | null;
  /** Why there is no connection now. */
  readonly problem: Problem | null;
}

/** Who asked for recorded pictures or a timeline. Exactly one of `done` and `refused` is called, unless cancelled. */
export interface Asker {
  readonly timeline?: (timeline: Timeline) => void;
  readonly picture?: (encoded: Uint8Array) => void;
  readonly done: () => void;
  readonly refused: (problem: Problem) => void;
}

export interface LinkEvents {
  readonly live: (encoded: Uint8Array) => void;
  readonly changed: () => void;
  readonly log: (message: string, detail: object) => void;
}

type Question =
  | { readonly op: "timeline" | "read"; readonly camera: CameraId; readonly from: Instant; readonly to: Instant }
  | { readonly op: "still"; readonly camera: CameraId; readonly at: Instant };

export interface LinkTiming {
  readonly askStatusEveryMs: DurationMs;
  /** A recorder that answers nothing for this long is taken for hung. */
  readonly silentAfterMs: DurationMs;
}
const TIMING: LinkTiming = { askStatusEveryMs: seconds(5), silentAfterMs: seconds(15) };
const RETRY_FIRST_MS: DurationMs = 250;
const RETRY_LONGEST_MS: DurationMs = seconds(5);

/** One recorder, as client of its unix socket: reconnects for ever, and remembers what it last heard. */
export class RecorderLink {
  readonly name: string;
  readonly #socketPath: string;
  readonly #events: LinkEvents;
  readonly #now: () => Instant;
  readonly #timing: LinkTiming;
  readonly #askers = new Map<number, { readonly asker: Asker; heardAt: Instant }>();
  #socket: Socket | null = null;
  #status: RecorderStatus | null = null;
  #heardAt: Instant | null = null;
  #connected = false;
  #problem: Problem | null = null;
  #watched: readonly CameraId[] = [];
  #nextId = 1;
  #retryMs = RETRY_FIRST_MS;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    recorder: { name: string; socketPath: string },
    events: LinkEvents,
    now: () => Instant,
    timing: LinkTiming = TIMING,
  ) {
    this.#timing = timing;
    this.name = recorder.name;
    this.#socketPath = recorder.socketPath;
    this.#events = events;
    this.#now = now;
    this.#connect();
  }

  view(): RecorderView {
    return {
      name: this.name,
      connected: this.#connected,
      heardAt: this.#heardAt,
      status: this.#status,
      problem: this.#problem,
    };
  }

  /** Replaces the live cameras; repeated by itself after each reconnection. */
  watch(cameras: readonly CameraId[]): void {
    this.#watched = cameras;
    if (this.#connected) this.#send({ op: "watch", id: this.#nextId++, cameras: [...cameras] });
  }

  /** @returns cancels; nothing is called afterwards. */
  ask(question: Question, asker: Asker): () => void {
    if (!this.#connected) {
      asker.refused(gone(this.name));
      return () => {};
    }
    const id = this.#nextId++;
    this.#askers.set(id, { asker, heardAt: this.#now() });
    this.#send({ ...question, id });
    return () => {
      if (this.#askers.delete(id)) this.#send({ op: "cancel", id: this.#nextId++, request: id });
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = createConnection(this.#socketPath);
    const reader = new FrameReader();
    let failure: OvertError | null = null;
    this.#socket = socket;
    socket.setTimeout(this.#timing.silentAfterMs, () =>
      socket.destroy(
        new OvertError(
          "RECORDER_SILENT",
          `Recorder ${this.name} has said nothing for ${this.#timing.silentAfterMs / 1_000} s.`,
        ),
      ),
    );
    socket.on("connect", () => this.#send({ op: "status", id: this.#nextId++ }));
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#receive(frame);
      } catch (thrown) {
        socket.destroy(asOvertError(thrown, "FRAME_INVALID"));
      }
    });
    socket.on("error", (error) => {
      failure = asOvertError(error, "RECORDER_UNREACHABLE");
    });
    socket.on("close", () => this.#lost(failure));
  }

  #lost(failure: OvertError | null): void {
    const wasConnected = this.#connected;
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#connected = false;
    const problem = gone(this.name, failure);
    const isNews = problem.message !== this.#problem?.message;
    this.#problem = problem;
    const askers = [...this.#askers.values()];
    this.#askers.clear();
    for (const { asker } of askers) asker.refused(problem);
    if (this.#closed) return;
    if (isNews) this.#events.log("A recorder cannot be reached.", { recorder: this.name, problem });
    if (wasConnected || isNews) this.#events.changed();
    // Jitter, so that the links to many recorders of one site do not come back at one instant.
    this.#timer = setTimeout(() => this.#connect(), this.#retryMs * (0.5 + Math.random()));
    this.#retryMs = Math.min(RETRY_LONGEST_MS, this.#retryMs * 2);
  }

  #receive(frame: Frame): void {
    const parsed = RecorderReply.safeParse(frame.head);
    if (!parsed.success)
      throw new OvertError("REPLY_INVALID", `Recorder ${this.name} sent a reply that this version does not know.`, {
        hint: "Run the same version of centre and recorder.",
        cause: parsed.error,
      });
    this.#heardAt = this.#now();
    const reply = parsed.data;
    if (reply.kind === "live") this.#events.live(frame.body);
    else if (reply.kind === "changed") this.#heard(reply.status);
    else if (reply.kind === "status") {
      this.#heard(reply.status);
      this.#refuseOverdue();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#send({ op: "status", id: this.#nextId++ }), this.#timing.askStatusEveryMs);
    } else this.#answer(reply, frame.body);
  }

  #heard(status: RecorderStatus): void {
    this.#status = status;
    if (!this.#connected) {
      this.#connected = true;
      this.#problem = null;
      this.#retryMs = RETRY_FIRST_MS;
      this.#events.log("A recorder is connected.", { recorder: this.name });
      this.watch(this.#watched);
    }
    this.#events.changed();
  }

  #answer(reply: Exclude<RecorderReply, { kind: "live" | "changed" | "status" }>, body: Uint8Array): void {
    const waiting = this.#askers.get(reply.id);
    if (!waiting) return;
    const { asker } = waiting;
    if (reply.kind === "pictures") {
      waiting.heardAt = this.#now();
      try {
        for (const picture of splitPictures(body)) asker.picture?.(picture);
      } catch (thrown) {
        // One damaged recording must not cost everyone the recorder.
        this.#giveUp(reply.id, asker, asProblem(asOvertError(thrown)));
      }
      return;
    }
    this.#askers.delete(reply.id);
    if (reply.kind === "refused") asker.refused(reply.problem);
    else if (reply.kind === "timeline") asker.timeline?.(reply.timeline);
    else asker.done();
  }

  /** A recorder whose disk hangs still tells its status; who asked must not wait for ever. */
  #refuseOverdue(): void {
    const overdue = [...this.#askers].filter(([, { heardAt }]) => this.#now() - heardAt > this.#timing.silentAfterMs);
    for (const [id, { asker }] of overdue)
      this.#giveUp(id, asker, {
        code: "RECORDER_SLOW",
        message: `Recorder ${this.name} did not answer within ${this.#timing.silentAfterMs / 1_000} s.`,
        hint: "Its disk may be busy or failing: see the health page.",
      });
  }

  #giveUp(id: number, asker: Asker, problem: Problem): void {
    this.#askers.delete(id);
    this.#send({ op: "cancel", id: this.#nextId++, request: id });
    asker.refused(problem);
  }

  #send(request: RecorderRequest): void {
    const socket = this.#socket;
    if (!socket || socket.destroyed) return;
    for (const part of encodeFrame(request)) socket.write(part);
  }
}

const asProblem = ({ code, message, hint }: OvertError): Problem => ({ code, message, hint: hint ?? null });

function gone(name: string, failure: OvertError | null = null): Problem {
  return {
    code: "RECORDER_GONE",
    message: `Recorder ${name} cannot be reached${failure ? `: ${failure.message}` : "."}`,
    hint: "It goes on recording by itself if it runs. Is it running, and is its socket path right?",
  };
}
