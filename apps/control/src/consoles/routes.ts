import { setTimeout as delay } from "node:timers/promises";
import type { Instant } from "@overt/core";
import type { ConsoleReply, Problem } from "@overt/link";
import type { WebSocket } from "ws";
import type { Session, Sessions } from "../accounts/sessions.ts";
import type { App } from "../http/app.ts";
import type { HttpProblem } from "../http/problems.ts";
import type { Fleet } from "../recorders/fleet.ts";
import { Console } from "./console.ts";
import { CLOSE, ViewerSocket } from "./viewer-socket.ts";

const TICK_MS = 1_000;
/** How long a page that is not let in, or a stopping centre, has to hear why. */
const LAST_WORDS_MS = 2_000;
const SESSION_CHECK_TICKS = 30;
const PING_TICKS = 15;
/** More pages than one control room opens; each may hold up to 8 MiB. */
const SOCKETS_AT_ONCE = 200;

export interface ConsoleRoom {
  readonly fleet: Fleet;
  readonly sessions: Sessions;
  readonly now: () => Instant;
}

/** `/api/socket`: live and recorded pictures, timelines and health for one page. */
export function consoleRoutes(app: App, room: ConsoleRoom): void {
  const open = new Set<OpenConsole>();
  const status = new StatusText(room);

  app.get("/api/socket", { websocket: true, config: { socket: true } }, (socket, request) => {
    const refusal = request.refusal ?? (open.size >= SOCKETS_AT_ONCE ? "full" : null);
    if (refusal || !request.session) return refuse(socket, room.now, refusal === "full" ? null : refusal);
    const one = new OpenConsole(socket, request.session, room, status);
    open.add(one);
    socket.on("close", () => open.delete(one));
  });

  const timer = setInterval(() => {
    for (const one of open) one.tick();
  }, TICK_MS);
  app.addHook("preClose", async () => {
    clearInterval(timer);
    for (const one of open) one.close(CLOSE.STOPPING, STOPPING);
    await Promise.race([Promise.all([...open].map((one) => one.closed)), delay(LAST_WORDS_MS)]);
    for (const socket of app.websocketServer.clients) socket.terminate();
  });
}

class OpenConsole {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #viewer: ViewerSocket;
  readonly #session: Session;
  readonly #room: ConsoleRoom;
  readonly #status: StatusText;
  #statusDue = false;
  #statusAt = 0;
  #ticks = 0;
  #answered = true;

  constructor(socket: WebSocket, session: Session, room: ConsoleRoom, status: StatusText) {
    this.#socket = socket;
    this.#session = session;
    this.#room = room;
    this.#status = status;
    this.#viewer = new ViewerSocket(socket, room.now);
    const console = new Console(this.#viewer, room.fleet, () => this.#statusChanged());
    const stopListening = room.sessions.onEnd(session.tokenHash, () => this.close(CLOSE.NOT_LOGGED_IN, SESSION_ENDED));
    socket.on("message", (data, isBinary) => console.receive(isBinary ? "" : String(data)));
    socket.on("pong", () => {
      this.#answered = true;
    });
    socket.on("error", () => socket.terminate());
    this.closed = new Promise((resolve) =>
      socket.on("close", () => {
        stopListening();
        console.end();
        resolve();
      }),
    );
    this.#sendStatus();
  }

  /** Once a second. */
  tick(): void {
    this.#ticks++;
    if (this.#statusDue) this.#sendStatus();
    this.#viewer.tick();
    if (this.#ticks % PING_TICKS === 0) this.#ping();
    const isOver = this.#room.now() >= this.#session.endsAt;
    if (isOver || this.#ticks % SESSION_CHECK_TICKS === 0) void this.#checkSession();
  }

  close(code: number, problem: Problem): void {
    this.#viewer.close(code, problem);
  }

  #statusChanged(): void {
    this.#statusDue = true;
    if (this.#room.now() - this.#statusAt >= TICK_MS) this.#sendStatus();
  }

  #sendStatus(): void {
    this.#statusDue = false;
    this.#statusAt = this.#room.now();
    this.#viewer.sayText(this.#status.text());
  }

  /** A machine that went away without a word is noticed by its silence. One that is only slow still answers in order. */
  #ping(): void {
    if (!this.#answered && this.#viewer.waitingBytes === 0) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
  }

  /** An open page is activity: its session ends by its absolute limit, a log-out or the end of the account. */
  async #checkSession(): Promise<void> {
    const session = await this.#room.sessions.findByHash(this.#session.tokenHash, { seen: true });
    if (!session) this.close(CLOSE.NOT_LOGGED_IN, SESSION_ENDED);
  }
}

/** The `status` message, written once for all who get it in the same tenth of a second. */
class StatusText {
  readonly #room: ConsoleRoom;
  #text = "";
  #at = 0;

  constructor(room: ConsoleRoom) {
    this.#room = room;
  }

  text(): string {
    const now = this.#room.now();
    if (Math.abs(now - this.#at) < 100 && this.#text) return this.#text;
    const recorders = this.#room.fleet
      .views()
      .flatMap(({ connected, heardAt, status }) => (status ? [{ connected, heardAt, status }] : []));
    this.#at = now;
    this.#text = JSON.stringify({ kind: "status", now, recorders } satisfies ConsoleReply);
    return this.#text;
  }
}

/** The upgrade is let through only to say why it is refused: a page cannot read an HTTP status of it (ops-08). */
function refuse(socket: WebSocket, now: () => Instant, refusal: HttpProblem | null): void {
  const viewer = new ViewerSocket(socket, now);
  setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
  if (!refusal) {
    viewer.close(CLOSE.TOO_MANY, FULL);
    return;
  }
  const { code, message, hint } = refusal;
  viewer.close(refusal.status === 403 ? CLOSE.ORIGIN : CLOSE.NOT_LOGGED_IN, { code, message, hint: hint ?? null });
}

const SESSION_ENDED: Problem = {
  code: "SESSION_ENDED",
  message: "This session has ended.",
  hint: "Log in again.",
};
const STOPPING: Problem = {
  code: "CENTRE_STOPPING",
  message: "The centre is being stopped.",
  hint: "Recorders go on recording. The page connects again by itself when the centre is back.",
};
const FULL: Problem = {
  code: "TOO_MANY_PAGES",
  message: `${SOCKETS_AT_ONCE} pages are connected already.`,
  hint: "Close some that nobody looks at.",
};
