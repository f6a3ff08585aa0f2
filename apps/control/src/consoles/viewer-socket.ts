import type { CameraId, DurationMs, Instant } from "@overt/core";
import type { ConsoleReply, Problem } from "@overt/link";
import type { WebSocket } from "ws";
import type { LivePicture } from "../recorders/fleet.ts";
import { Outbox, type Parcel } from "./outbox.ts";

/** Close codes of our own (RFC 6455 §7.4.2 leaves 4000 to 4999); the words come before, in `closing`. */
export const CLOSE = {
  STOPPING: 1001,
  INVALID: 4400,
  NOT_LOGGED_IN: 4401,
  ORIGIN: 4403,
  ASLEEP: 4408,
  TOO_MANY: 4429,
} as const;

/** Handed to the socket at one time; the rest waits in the outbox, where it can still be left out. */
const IN_FLIGHT_BYTES = 256 * 1024;
/** A viewer that takes nothing for this long sleeps. */
const ASLEEP_AFTER_MS: DurationMs = 30_000;

/** One viewer's WebSocket with a bound on what it may hold up. */
export class ViewerSocket {
  readonly #socket: WebSocket;
  readonly #now: () => Instant;
  readonly #outbox = new Outbox();
  #inFlightBytes = 0;
  #recordedBytes = 0;
  #progressAt: Instant;
  #closing = false;
  #room: { belowBytes: number; listener: () => void } = { belowBytes: 0, listener: () => {} };

  constructor(socket: WebSocket, now: () => Instant) {
    this.#socket = socket;
    this.#now = now;
    this.#progressAt = now();
  }

  say(reply: ConsoleReply): void {
    this.sayText(JSON.stringify(reply));
  }

  /** An already written message: a status goes to every viewer as the same text. */
  sayText(text: string): void {
    this.#push({ bytes: Buffer.from(text), kind: "text", live: null, since: this.#now() });
  }

  live({ picture, encoded }: LivePicture): void {
    const live = { camera: picture.camera, key: picture.key };
    this.#push({ bytes: encoded, kind: "picture", live, since: this.#now() });
  }

  recorded(encoded: Uint8Array): void {
    this.#recordedBytes += encoded.length;
    this.#push({ bytes: encoded, kind: "picture", live: null, since: this.#now() });
  }

  forget(camera: CameraId): void {
    this.#outbox.forget(camera);
  }

  /** What has been queued and not been taken by the viewer. */
  get waitingBytes(): number {
    return this.#outbox.bytes + this.#inFlightBytes;
  }

  /** Recorded pictures among it. */
  get waitingRecordedBytes(): number {
    return this.#recordedBytes;
  }

  /** `listener` runs each time that something was taken and less than `belowBytes` of recorded pictures wait. */
  onRoom(belowBytes: number, listener: () => void): void {
    this.#room = { belowBytes, listener };
  }

  /** Tells what was left out, and closes a viewer that sleeps. Called about once a second. */
  tick(): void {
    if (this.#inFlightBytes > 0 && this.#now() - this.#progressAt > ASLEEP_AFTER_MS) {
      this.close(CLOSE.ASLEEP, {
        code: "VIEWER_ASLEEP",
        message: "This page took no pictures for 30 s.",
        hint: "It connects again when it is looked at.",
      });
      return;
    }
    for (const [camera, droppedPictures] of this.#outbox.takeDropped())
      this.say({ kind: "delayed", camera, droppedPictures });
  }

  /** Says why, before everything that still waits, and closes. */
  close(code: number, problem: Problem): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.send(JSON.stringify({ kind: "closing", problem } satisfies ConsoleReply));
    this.#socket.close(code, problem.code);
  }

  #push(parcel: Parcel): void {
    if (this.#closing) return;
    if (!this.#outbox.push(parcel)) {
      this.close(CLOSE.ASLEEP, {
        code: "VIEWER_ASLEEP",
        message: "This page takes what it asked for too slowly.",
        hint: "Reload it, or show fewer cameras at once.",
      });
      return;
    }
    this.#pump();
  }

  #pump(): void {
    while (!this.#closing && this.#inFlightBytes < IN_FLIGHT_BYTES) {
      const parcel = this.#outbox.shift();
      if (!parcel) return;
      const { length } = parcel.bytes;
      if (this.#inFlightBytes === 0) this.#progressAt = this.#now();
      this.#inFlightBytes += length;
      this.#socket.send(parcel.bytes, { binary: parcel.kind === "picture", compress: false }, () => {
        this.#inFlightBytes -= length;
        if (parcel.kind === "picture" && !parcel.live) this.#recordedBytes -= length;
        this.#progressAt = this.#now();
        this.#pump();
        if (!this.#closing && this.#recordedBytes < this.#room.belowBytes) this.#room.listener();
      });
    }
  }
}
