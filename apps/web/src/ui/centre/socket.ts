import { ConsoleReply, type ConsoleRequest, decodePicture, type Picture, type Problem } from "@overt/link";

export type LinkState =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** `problem` is what the centre said before it closed, or null when the line simply broke. */
  | { readonly state: "lost"; readonly since: number; readonly problem: Problem | null };

export interface SocketListener {
  reply(reply: ConsoleReply): void;
  picture(picture: Picture): void;
  state(state: LinkState): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** The one connection to the centre, for every tile and page. It comes back by itself, for ever, with growing waits. */
export class CentreSocket {
  readonly #url: string;
  readonly #listener: SocketListener;
  #socket: WebSocket | null = null;
  #waitMs = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastProblem: Problem | null = null;
  #lostSince: number | null = null;
  #stopped = false;

  constructor(url: string, listener: SocketListener) {
    this.#url = url;
    this.#listener = listener;
    this.#connect();
  }

  /** Dropped while the line is down: whoever needs it asks again on `open`. */
  send(request: ConsoleRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  close(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect(): void {
    // Trying again is still being lost: the page says so without a break, and since when.
    if (this.#lostSince === null) this.#listener.state({ state: "connecting" });
    this.#lastProblem = null;
    const socket = new WebSocket(this.#url);
    // Not Blob: several Blobs resolve in any order, and a decoder needs them in theirs.
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#waitMs = FIRST_WAIT_MS;
      this.#lostSince = null;
      this.#listener.state({ state: "open" });
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#lost();
    this.#socket = socket;
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.#listener.picture(decodePicture(new Uint8Array(data)));
      return;
    }
    const reply = ConsoleReply.parse(JSON.parse(String(data)));
    if (reply.kind === "closing") this.#lastProblem = reply.problem;
    this.#listener.reply(reply);
  }

  #lost(): void {
    if (this.#stopped) return;
    this.#lostSince ??= Date.now();
    this.#listener.state({ state: "lost", since: this.#lostSince, problem: this.#lastProblem });
    this.#timer = setTimeout(() => this.#connect(), this.#waitMs * (0.75 + Math.random() / 2));
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }
}
