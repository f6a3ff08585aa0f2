import { mkdtempSync, rmSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant } from "@overt/core";
import { ConsoleReply, type ConsoleRequest, decodePicture, type Picture } from "@overt/link";
import { WebSocket } from "ws";
import type { ControlOptions } from "./options.ts";
import { type Control, startControl } from "./start.ts";

/** For tests only: a real centre in a directory of its own, and a browser-like client of it. */
export interface TestCentre {
  readonly control: Control;
  readonly dataDir: string;
  readonly client: Client;
  /** Moves the centre's clock on. */
  pass(ms: number): void;
  /** From now on the centre's clock moves by `pass` alone, so that a slow machine changes nothing. */
  stopClock(): void;
  close(): Promise<void>;
}

export const OPERATOR = { name: "operator", password: "correct horse battery" };

export async function startTestCentre(options: Partial<ControlOptions> = {}): Promise<TestCentre> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "overt-control-"));
  let passed = 0;
  let stoppedAt: number | null = null;
  const now = (): Instant => instant((stoppedAt ?? Date.now()) + passed);
  const remove = () => {
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
  };
  const settings: ControlOptions = { dataDir, host: "localhost", port: 0, logLevel: "error", ...options };
  const control = await startControl(settings, now).catch((thrown: unknown) => {
    remove();
    throw thrown;
  });
  const client = new Client(control.url);
  if (control.caFingerprint) client.authority = (await client.send("GET", "/ca.crt")).text;
  return {
    control,
    dataDir,
    client,
    pass: (ms) => {
      passed += ms;
    },
    stopClock: () => {
      stoppedAt = Date.now();
    },
    close: async () => {
      await control.close();
      remove();
    },
  };
}

/** The same with an account, logged in. */
export async function startLoggedIn(options: Partial<ControlOptions> = {}): Promise<TestCentre> {
  const centre = await startTestCentre(options);
  const token = new URL(centre.control.setupLink ?? "").hash.slice(1);
  const answer = await centre.client.send("POST", "/api/setup", { token, ...OPERATOR });
  if (answer.status !== 200) throw new Error(`The test's account could not be made: ${answer.text}`);
  return centre;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  json<T = Record<string, unknown>>(): T;
}

/** Keeps cookies and sends its Origin, as a page of the centre does. */
export class Client {
  authority: string | undefined;
  origin: string | undefined;
  cookie: string | undefined;
  readonly url: URL;

  constructor(url: string) {
    this.url = new URL(url);
    this.origin = this.url.origin;
  }

  /** Another browser at the same centre. */
  fresh(): Client {
    const other = new Client(this.url.href);
    other.authority = this.authority;
    return other;
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const target = new URL(path, this.url);
    const send = target.protocol === "https:" ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const request = send(target, {
        method,
        agent: false,
        ...(this.authority === undefined ? { rejectUnauthorized: false } : { ca: this.authority }),
        headers: {
          ...(this.origin === undefined ? {} : { origin: this.origin }),
          ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
          ...(payload === undefined
            ? {}
            : { "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)) }),
          ...headers,
        },
      });
      request.on("error", reject);
      request.on("response", async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        for (const cookie of response.headers["set-cookie"] ?? []) this.cookie = cookie.split(";")[0];
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) });
      });
      request.end(payload);
    });
  }

  page(): TestPage {
    return new TestPage(this);
  }
}

/** One page's socket, with everything that it heard. */
export class TestPage {
  readonly replies: ConsoleReply[] = [];
  readonly pictures: Picture[] = [];
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  #wake: () => void = () => {};

  constructor({ url, origin, cookie, authority }: Client) {
    const headers = { ...(cookie === undefined ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) };
    const trust = authority === undefined ? { rejectUnauthorized: false } : { ca: authority };
    this.socket = new WebSocket(`${url.origin.replace("http", "ws")}/api/socket`, { headers, ...trust });
    this.socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.pictures.push(decodePicture(new Uint8Array(data)));
      else this.replies.push(ConsoleReply.parse(JSON.parse(data.toString())));
      this.#wake();
    });
    this.socket.on("error", () => this.#wake());
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code) => {
        this.#wake();
        resolve(code);
      }),
    );
  }

  say(request: ConsoleRequest): void {
    this.socket.send(JSON.stringify(request));
  }

  /** Waits for what the page hears until `found` finds something in it. */
  async until<T>(found: (page: TestPage) => T | undefined): Promise<T> {
    for (;;) {
      const result = found(this);
      if (result !== undefined) return result;
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`The socket closed before it was heard. Last: ${JSON.stringify(this.replies.at(-1))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  reply<K extends ConsoleReply["kind"]>(
    kind: K,
    fits: (reply: Extract<ConsoleReply, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<ConsoleReply, { kind: K }>> {
    const isIt = (reply: ConsoleReply): reply is Extract<ConsoleReply, { kind: K }> =>
      reply.kind === kind && fits(reply as Extract<ConsoleReply, { kind: K }>);
    return this.until(({ replies }) => replies.find(isIt));
  }

  async ended(): Promise<{ code: number; problem: string | undefined }> {
    const code = await this.closed;
    const last = this.replies.findLast((reply) => reply.kind === "closing");
    return { code, problem: last?.problem.code };
  }
}
