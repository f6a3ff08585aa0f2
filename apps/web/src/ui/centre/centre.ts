import { type CameraId, type Instant, instant, OvertError } from "@overt/core";
import type {
  CameraStatus,
  ConsoleReply,
  ConsoleRequest,
  Picture,
  Problem,
  RecorderStatus,
  Timeline,
} from "@overt/link";
import { CentreSocket, type LinkState } from "./socket.ts";

export interface RecorderSeen {
  readonly connected: boolean;
  readonly heardAt: Instant | null;
  readonly status: RecorderStatus;
}

/** A camera with what the centre knows of its recorder. */
export interface CameraSeen extends CameraStatus {
  readonly recorderConnected: boolean;
}

/** What pages draw from. Replaced, never changed, so that React sees a difference. */
export interface CentreView {
  readonly link: LinkState;
  /** False until the first status came: pages show that they load, not that there is nothing. */
  readonly known: boolean;
  readonly recorders: readonly RecorderSeen[];
  readonly cameras: readonly CameraSeen[];
}

type PictureListener = (picture: Picture) => void;

export interface LiveListener {
  picture(picture: Picture): void;
  /** The centre leaves pictures out, because this page's link is slower than they come. */
  delayed(): void;
}

interface Waiting {
  readonly pictures: PictureListener;
  readonly settle: (reply: ConsoleReply) => void;
  readonly fail: (error: OvertError) => void;
}

/** The centre as the browser knows it: one socket, the last status, live pictures, and questions with answers. */
export class Centre {
  #view: CentreView = { link: { state: "connecting" }, known: false, recorders: [], cameras: [] };
  readonly #socket: CentreSocket;
  readonly #listeners = new Set<() => void>();
  readonly #live = new Map<CameraId, Set<LiveListener>>();
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #clockOffsetMs = 0;
  #watchQueued = false;

  constructor(url: string) {
    this.#socket = new CentreSocket(url, {
      reply: (reply) => this.#reply(reply),
      picture: (picture) => this.#picture(picture),
      state: (link) => this.#linked(link),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly view = (): CentreView => this.#view;

  /** The centre's clock, so that a wrong clock in a browser makes no fresh picture look stale. */
  now(): Instant {
    return instant(Date.now() + this.#clockOffsetMs);
  }

  /** Live pictures of a camera, until the returned function is called. */
  watch(camera: CameraId, listener: LiveListener): () => void {
    const listeners = this.#live.get(camera) ?? new Set();
    this.#live.set(camera, listeners.add(listener));
    this.#sendWatch();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#live.delete(camera);
      this.#sendWatch();
    };
  }

  /** @throws OvertError what the centre refused, or `LINK_LOST` */
  async timeline(camera: CameraId, from: Instant, to: Instant): Promise<Timeline> {
    const reply = await this.#ask((id) => ({ op: "timeline", id, camera, from, to }));
    if (reply.kind !== "timeline") throw new OvertError("REPLY_UNEXPECTED", `The centre answered with ${reply.kind}.`);
    return reply.timeline;
  }

  /** Recorded pictures in order, from the key picture at or before `from`. @throws OvertError as `timeline` */
  async read(
    camera: CameraId,
    from: Instant,
    to: Instant,
    pictures: PictureListener,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#ask((id) => ({ op: "read", id, camera, from, to }), pictures, signal);
  }

  /** The last key picture at or before `at`. @throws OvertError as `timeline` */
  async still(camera: CameraId, at: Instant, signal?: AbortSignal): Promise<Picture | null> {
    let found: Picture | null = null;
    await this.#ask(
      (id) => ({ op: "still", id, camera, at }),
      (picture) => (found = picture),
      signal,
    );
    return found;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(
    request: (id: number) => ConsoleRequest,
    pictures: PictureListener = () => {},
    signal?: AbortSignal,
  ): Promise<ConsoleReply> {
    if (this.#view.link.state !== "open") return Promise.reject(linkLost());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#socket.send({ op: "cancel", request: id });
        this.#waiting.delete(id);
        reject(new OvertError("CANCELLED", "No longer needed."));
      };
      if (signal?.aborted) return reject(new OvertError("CANCELLED", "No longer needed."));
      signal?.addEventListener("abort", abort, { once: true });
      const done = (): void => signal?.removeEventListener("abort", abort);
      this.#waiting.set(id, {
        pictures,
        settle: (reply) => {
          done();
          resolve(reply);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      });
      this.#socket.send(request(id));
    });
  }

  #picture(picture: Picture): void {
    if (picture.stream !== 0) this.#waiting.get(picture.stream)?.pictures(picture);
    else for (const listener of this.#live.get(picture.camera) ?? []) listener.picture(picture);
  }

  #reply(reply: ConsoleReply): void {
    if (reply.kind === "status") this.#status(reply);
    if (reply.kind === "delayed") for (const listener of this.#live.get(reply.camera) ?? []) listener.delayed();
    if (!("id" in reply)) return;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === "refused") waiting?.fail(errorOf(reply.problem));
    else waiting?.settle(reply);
  }

  #status({ now, recorders }: ConsoleReply & { kind: "status" }): void {
    this.#clockOffsetMs = now - Date.now();
    const cameras = recorders
      .flatMap(({ connected, status }) => status.cameras.map((camera) => ({ ...camera, recorderConnected: connected })))
      .sort((a, b) => a.number - b.number);
    this.#show({ known: true, recorders, cameras });
  }

  #linked(link: LinkState): void {
    if (link.state === "lost") {
      for (const { fail } of this.#waiting.values()) fail(linkLost());
      this.#waiting.clear();
    }
    this.#show({ link });
    if (link.state === "open") this.#sendWatch();
  }

  /** Several tiles change at once when a layout opens: one message for all of them. */
  #sendWatch(): void {
    if (this.#watchQueued) return;
    this.#watchQueued = true;
    queueMicrotask(() => {
      this.#watchQueued = false;
      this.#socket.send({ op: "watch", cameras: [...this.#live.keys()] });
    });
  }

  #show(change: Partial<CentreView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function errorOf({ code, message, hint }: Problem): OvertError {
  return new OvertError(code, message, hint === null ? {} : { hint });
}

function linkLost(): OvertError {
  return new OvertError("LINK_LOST", "The connection to the centre is down.", { hint: "It comes back by itself." });
}
