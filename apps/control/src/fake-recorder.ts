import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { type CameraId, cameraId, concatBytes, type Instant, instant, minutes, seconds } from "@overt/core";
import {
  encodeFrame,
  encodePicture,
  FrameReader,
  READ_LIMIT_MS,
  type RecorderReply,
  RecorderRequest,
} from "@overt/link";
import { type FakeStream, makeFakeStream } from "./fake-stream.ts";
import { type FakeTown, fakeStatus, fakeTimeline, isGap } from "./fake-town.ts";

export interface FakeRecorderOptions {
  readonly socketPath: string;
  readonly cameras?: number;
  readonly width?: number;
  readonly height?: number;
  /** Multiplies each picture by appending this many bytes of filler NAL units, to test slow viewers. */
  readonly paddingBytes?: number;
}

export interface FakeRecorder {
  readonly cameras: readonly CameraId[];
  /** How often each request came, by its `op`. */
  readonly asked: Readonly<Record<string, number>>;
  /** The live cameras of all connections now. */
  readonly watched: ReadonlySet<CameraId>;
  /** Stops answering without closing, as a hung process does; with `op`, only to that request, as a hung disk does. */
  hang(op?: string): void;
  /** Live pictures of a camera stop (or go on) without a word in the status, as with a camera that froze. */
  silence(camera: CameraId, silent?: boolean): void;
  /** Closes every connection and stops listening; `start` on the same path brings it back. */
  close(): Promise<void>;
}

const RETENTION_MS = minutes(60);
const ALL = "everything";

/**
 * A recorder for tests and for work on the control room: speaks the protocol of `@overt/link` with a generated moving
 * picture. Live and recorded pictures of one instant are the same, so that a seek can be checked.
 */
export async function startFakeRecorder(options: FakeRecorderOptions): Promise<FakeRecorder> {
  const { socketPath, cameras: count = 6, width = 640, height = 480, paddingBytes = 0 } = options;
  const streams = await Promise.all(
    Array.from({ length: count }, (_, index) => makeFakeStream({ index, width, height, paddingBytes })),
  );
  const startedAt = instant(Date.now());
  const town: FakeTown = {
    startedAt,
    width,
    height,
    cameras: streams.map((_, index) => cameraId(`cam-${index + 1}`)),
  };
  const asked: Record<string, number> = {};
  const connections = new Set<Connection>();
  const hung = new Set<string>();
  const silent = new Set<CameraId>();
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => {
    const one = new Connection(socket, town, streams, silent, (op) => {
      asked[op] = (asked[op] ?? 0) + 1;
      return !hung.has(op) && !hung.has(ALL);
    });
    connections.add(one);
    socket.on("close", () => connections.delete(one));
  });
  const frameMs = streams[0]?.frameMs ?? 100;
  let next = Math.floor(Date.now() / frameMs) + 1;
  const timer = setInterval(() => {
    for (; next * frameMs <= Date.now(); next++) {
      if (hung.has(ALL)) continue;
      for (const one of connections) one.tick(instant(next * frameMs));
    }
  }, frameMs / 4);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    cameras: town.cameras,
    asked,
    get watched() {
      return new Set([...connections].flatMap((one) => [...one.watched]));
    },
    hang: (op = ALL) => {
      hung.add(op);
    },
    silence: (camera, isSilent = true) => {
      if (isSilent) silent.add(camera);
      else silent.delete(camera);
    },
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        for (const one of connections) one.destroy();
        server.close(() => resolve());
      }),
  };
}

class Connection {
  watched = new Set<CameraId>();
  readonly #socket: Socket;
  readonly #town: FakeTown;
  readonly #streams: readonly FakeStream[];
  readonly #silent: ReadonlySet<CameraId>;
  readonly #cancelled = new Set<number>();
  #statusAt = 0;

  constructor(
    socket: Socket,
    town: FakeTown,
    streams: readonly FakeStream[],
    silent: ReadonlySet<CameraId>,
    admit: (op: string) => boolean,
  ) {
    this.#socket = socket;
    this.#town = town;
    this.#streams = streams;
    this.#silent = silent;
    const reader = new FrameReader();
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      for (const { head } of reader.push(chunk)) {
        const request = RecorderRequest.parse(head);
        if (admit(request.op)) void this.#answer(request);
      }
    });
  }

  /** One step of the clock of live pictures. */
  tick(at: Instant): void {
    for (const camera of this.watched) this.#live(camera, at);
    if (at - this.#statusAt < seconds(1)) return;
    this.#statusAt = at;
    this.#send({ kind: "changed", status: fakeStatus(this.#town, at) });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #answer(request: RecorderRequest): Promise<void> {
    const { id, op } = request;
    const now = instant(Date.now());
    if (op === "status") return this.#send({ kind: "status", id, status: fakeStatus(this.#town, now) });
    if (op === "watch") return this.#watch(request.cameras, now);
    if (op === "cancel") {
      this.#cancelled.add(request.request);
      return;
    }
    const { camera } = request;
    const stream = this.#streams[this.#town.cameras.indexOf(camera)];
    if (!stream)
      return this.#send({
        kind: "refused",
        id,
        problem: { code: "CAMERA_UNKNOWN", message: `There is no camera ${camera} here.`, hint: null },
      });
    if (op === "timeline") {
      const timeline = fakeTimeline(this.#town, camera, request, now);
      return this.#send({ kind: "timeline", id, timeline });
    }
    if (op === "still") return this.#still(id, camera, stream, request.at);
    const to = Math.min(request.to, request.from + READ_LIMIT_MS, now);
    await this.#read(id, camera, stream, Math.max(request.from, now - RETENTION_MS), to);
  }

  #watch(cameras: readonly CameraId[], now: Instant): void {
    const before = this.watched;
    this.watched = new Set(cameras);
    for (const camera of cameras) {
      const stream = this.#streams[this.#town.cameras.indexOf(camera)];
      if (before.has(camera) || !stream) continue;
      for (let at = stream.keyAtOrBefore(now); at <= now; at += stream.frameMs) this.#live(camera, instant(at));
    }
  }

  #still(id: number, camera: CameraId, stream: FakeStream, at: Instant): void {
    const key = stream.keyAtOrBefore(at);
    if (!isGap(this.#town, camera, key)) this.#pictures(id, camera, stream, [key]);
    this.#send({ kind: "done", id });
  }

  /** A second of pictures for each frame, with a pause after it, as from a disk. */
  async #read(id: number, camera: CameraId, stream: FakeStream, from: number, to: number): Promise<void> {
    const perFrame = Math.ceil(1_000 / stream.frameMs);
    let at = stream.keyAtOrBefore(instant(from));
    while (at < to && !this.#cancelled.has(id) && !this.#socket.destroyed) {
      const times = Array.from({ length: perFrame }, (_, n) => at + n * stream.frameMs).filter((t) => t < to);
      const kept = times.filter((t) => !isGap(this.#town, camera, t));
      if (kept.length > 0) this.#pictures(id, camera, stream, kept);
      at += perFrame * stream.frameMs;
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!this.#cancelled.delete(id)) this.#send({ kind: "done", id });
  }

  #pictures(id: number, camera: CameraId, stream: FakeStream, times: readonly number[]): void {
    const parts = times.flatMap((at) => {
      const encoded = encodePicture({ camera, stream: id, at: instant(at), blank: false, ...stream.at(at) });
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, encoded.length);
      return [length, encoded];
    });
    this.#send({ kind: "pictures", id }, [concatBytes(parts)]);
  }

  #live(camera: CameraId, at: Instant): void {
    const stream = this.#streams[this.#town.cameras.indexOf(camera)];
    if (!stream || this.#silent.has(camera) || isGap(this.#town, camera, at)) return;
    const encoded = encodePicture({ camera, stream: 0, at, blank: false, ...stream.at(at) });
    this.#send({ kind: "live" }, [encoded]);
  }

  #send(reply: RecorderReply, body: readonly Uint8Array[] = []): void {
    if (this.#socket.destroyed) return;
    for (const part of encodeFrame(reply, body)) if (part.length > 0) this.#socket.write(part);
  }
}
