import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { asOvertError, type CameraId, type Instant, OvertError } from "@overt/core";
import {
  encodeFrame,
  encodePicture,
  FrameReader,
  type Picture,
  READ_LIMIT_MS,
  type RecorderReply,
  RecorderRequest,
  type RecorderStatus,
  type Timeline,
} from "@overt/link";
import type { LiveHub } from "../live/hub.ts";

/** What the recorder can be asked. Nothing here yields an original. */
export interface Answers {
  readonly hub: LiveHub;
  status(): RecorderStatus;
  timeline(camera: CameraId, from: Instant, to: Instant): Promise<Timeline>;
  read(camera: CameraId, from: Instant, to: Instant): AsyncIterable<Picture>;
  still(camera: CameraId, at: Instant): Promise<Picture | null>;
}

export interface CentreServer {
  /** Tells every connected centre; the caller decides how often. */
  announce(status: RecorderStatus): void;
  close(): Promise<void>;
}

/** A centre that reads slower than this much behind gets no more live pictures until it has caught up. */
const LIVE_BEHIND_BYTES = 8 * 1024 * 1024;
const STATUS_BEHIND_BYTES = 1024 * 1024;
const READ_BEHIND_BYTES = 2 * 1024 * 1024;
const BATCH_BYTES = 256 * 1024;

/** @throws OvertError `SOCKET_FAILED` when the path cannot be listened on. */
export async function serveCentre(
  socketPath: string,
  answers: Answers,
  onProblem: (error: OvertError) => void,
): Promise<CentreServer> {
  rmSync(socketPath, { force: true });
  const connections = new Set<CentreConnection>();
  const server = createServer((socket) => {
    const connection = new CentreConnection(socket, answers, onProblem);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  await listen(server, socketPath);
  // Whoever can open this socket sees the anonymised pictures: only the user that runs both processes.
  chmodSync(socketPath, 0o600);
  return {
    announce: (status) => {
      for (const connection of connections) connection.announce(status);
    },
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.destroy();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new OvertError("SOCKET_FAILED", `The recorder cannot listen on ${path}: ${cause.message}`, {
          hint: "Check that its folder exists, is writable and that the path is shorter than 100 characters.",
          cause,
        }),
      ),
    );
    server.listen(path, resolve);
  });
}

class CentreConnection {
  readonly #socket: Socket;
  readonly #answers: Answers;
  readonly #watching = new Map<CameraId, () => void>();
  /** Cameras of which a picture was left out: nothing more until the next key picture. */
  readonly #interrupted = new Set<CameraId>();
  /** Reads under way; one that is taken out ends at its next picture. */
  readonly #reading = new Set<number>();

  constructor(socket: Socket, answers: Answers, onProblem: (error: OvertError) => void) {
    this.#socket = socket;
    this.#answers = answers;
    const reader = new FrameReader();
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) void this.#serve(frame.head);
      } catch (thrown) {
        onProblem(asOvertError(thrown, "FRAME_INVALID"));
        socket.destroy();
      }
    });
    socket.on("error", (error) => onProblem(asOvertError(error, "CENTRE_LINK_FAILED")));
    socket.on("close", () => {
      for (const stop of this.#watching.values()) stop();
    });
  }

  reply(head: RecorderReply, body: readonly Uint8Array[] = []): void {
    if (this.#socket.destroyed) return;
    this.#socket.cork();
    for (const part of encodeFrame(head, body)) this.#socket.write(part);
    this.#socket.uncork();
  }

  /** A centre that does not read gets the next one: a status is whole each time. */
  announce(status: RecorderStatus): void {
    if (this.#socket.writableLength < STATUS_BEHIND_BYTES) this.reply({ kind: "changed", status });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #serve(head: unknown): Promise<void> {
    const parsed = RecorderRequest.safeParse(head);
    if (!parsed.success) {
      const id = (head as { id?: unknown } | null)?.id;
      this.#refuse(typeof id === "number" ? id : 0, new OvertError("REQUEST_INVALID", parsed.error.message));
      return;
    }
    try {
      await this.#answer(parsed.data);
    } catch (thrown) {
      this.#refuse(parsed.data.id, asOvertError(thrown));
    }
  }

  async #answer(request: RecorderRequest): Promise<void> {
    const { id } = request;
    switch (request.op) {
      case "status":
        return this.reply({ kind: "status", id, status: this.#answers.status() });
      case "watch":
        return this.#watch(request.cameras);
      case "cancel":
        this.#reading.delete(request.request);
        return;
      case "timeline": {
        const timeline = await this.#answers.timeline(request.camera, request.from, request.to);
        return this.reply({ kind: "timeline", id, timeline });
      }
      case "still": {
        const picture = await this.#answers.still(request.camera, request.at);
        if (picture) this.reply({ kind: "pictures", id }, packed([encodePicture({ ...picture, stream: id })]));
        return this.reply({ kind: "done", id });
      }
      case "read":
        return this.#read(request);
    }
  }

  #watch(cameras: readonly CameraId[]): void {
    const wanted = new Set(cameras);
    for (const [camera, stop] of this.#watching) {
      if (wanted.has(camera)) continue;
      stop();
      this.#watching.delete(camera);
    }
    for (const camera of wanted) {
      if (this.#watching.has(camera)) continue;
      this.#watching.set(
        camera,
        this.#answers.hub.watch(camera, (encoded, picture) => this.#live(encoded, picture)),
      );
    }
  }

  #live(encoded: Uint8Array, picture: Picture): void {
    const behind = this.#socket.writableLength > LIVE_BEHIND_BYTES;
    if (behind) this.#interrupted.add(picture.camera);
    else if (picture.key) this.#interrupted.delete(picture.camera);
    if (!behind && !this.#interrupted.has(picture.camera)) this.reply({ kind: "live" }, [encoded]);
  }

  async #read({ id, camera, from, to }: RecorderRequest & { op: "read" }): Promise<void> {
    if (to - from > READ_LIMIT_MS)
      throw new OvertError("SPAN_TOO_LONG", `One read may span ${READ_LIMIT_MS / 1000} s.`, {
        hint: "Ask again as you go.",
      });
    this.#reading.add(id);
    let batch: Uint8Array[] = [];
    let bytes = 0;
    for await (const picture of this.#answers.read(camera, from, to)) {
      if (!this.#reading.has(id) || this.#socket.destroyed) return;
      const encoded = encodePicture({ ...picture, stream: id });
      batch.push(encoded);
      bytes += encoded.length;
      if (bytes < BATCH_BYTES) continue;
      this.reply({ kind: "pictures", id }, packed(batch));
      batch = [];
      bytes = 0;
      await this.#drained(READ_BEHIND_BYTES);
    }
    this.#reading.delete(id);
    if (batch.length > 0) this.reply({ kind: "pictures", id }, packed(batch));
    this.reply({ kind: "done", id });
  }

  async #drained(limitBytes: number): Promise<void> {
    while (this.#socket.writableLength > limitBytes && !this.#socket.destroyed)
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.#socket.off("drain", go).off("close", go);
          resolve();
        };
        this.#socket.on("drain", go).on("close", go);
      });
  }

  #refuse(id: number, { code, message, hint }: OvertError): void {
    this.reply({ kind: "refused", id, problem: { code, message, hint: hint ?? null } });
  }
}

/** `u32 length, picture` repeated. */
function packed(pictures: readonly Uint8Array[]): Uint8Array[] {
  return pictures.flatMap((picture) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, picture.length);
    return [length, picture];
  });
}
