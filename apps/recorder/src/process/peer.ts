import type { Socket } from "node:net";
import { asOvertError, OvertError } from "@overt/core";
import { encodeFrame, type Frame, FrameReader } from "@overt/link/frames";

type Listener = (frame: Frame) => void;

/** What the other side answers when a request fails. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Frames over one socket, with questions and answers on top: `ask` puts a number into the head (`ask`), `answer` sends
 * it back (`answer`, or `answer` and `refused`). Everything else is a plain message for `onFrame`.
 */
export class Peer {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #waiting = new Map<number, { resolve: (frame: Frame) => void; reject: (error: OvertError) => void }>();
  #listener: Listener = () => {};
  #closed: OvertError | null = null;
  #nextAsk = 1;

  constructor(socket: Socket, onClose: (error: OvertError | null) => void = () => {}) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    let failure: OvertError | null = null;
    socket.on("error", (error) => {
      failure = asOvertError(error, "PEER_FAILED");
    });
    socket.on("close", () => {
      this.#closed = failure ?? new OvertError("PEER_GONE", "The other process closed its connection.");
      for (const { reject } of this.#waiting.values()) reject(this.#closed);
      this.#waiting.clear();
      onClose(failure);
    });
  }

  /** Bytes handed over and not yet taken by the kernel. */
  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  get open(): boolean {
    return this.#closed === null && !this.#socket.destroyed;
  }

  /** Called for each frame that is no answer. Questions are frames whose head has an `ask` number. */
  onFrame(listener: Listener): void {
    this.#listener = listener;
  }

  send(head: object, body: readonly Uint8Array[] = []): void {
    if (!this.open) return;
    this.#socket.cork();
    for (const part of encodeFrame(head, body)) if (part.length > 0) this.#socket.write(part);
    this.#socket.uncork();
  }

  /** @throws OvertError the other side's refusal, or `PEER_GONE` when it goes away first. */
  ask(head: object, body: readonly Uint8Array[] = []): Promise<Frame> {
    if (!this.open) return Promise.reject(this.#closed ?? new OvertError("PEER_GONE", "The other process is gone."));
    const ask = this.#nextAsk++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask, { resolve, reject });
      this.send({ ...head, ask }, body);
    });
  }

  answer(question: Frame, head: object = {}, body: readonly Uint8Array[] = []): void {
    this.send({ ...head, answer: (question.head as { ask: number }).ask }, body);
  }

  refuse(question: Frame, thrown: unknown): void {
    const { code, message, hint } = asOvertError(thrown);
    const refused: Refusal = hint === undefined ? { code, message } : { code, message, hint };
    this.send({ answer: (question.head as { ask: number }).ask, refused });
  }

  /** Sends what is buffered and closes. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#dispatch(frame);
    } catch (thrown) {
      this.#socket.destroy(asOvertError(thrown, "FRAME_INVALID"));
    }
  }

  #dispatch(frame: Frame): void {
    const head = frame.head as { answer?: number; refused?: Refusal };
    if (head.answer === undefined) {
      this.#listener(frame);
      return;
    }
    const waiting = this.#waiting.get(head.answer);
    this.#waiting.delete(head.answer);
    if (!head.refused) {
      waiting?.resolve(frame);
      return;
    }
    const { code, message, hint } = head.refused;
    waiting?.reject(new OvertError(code, message, hint === undefined ? {} : { hint }));
  }
}
