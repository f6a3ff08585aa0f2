import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as after } from "node:timers/promises";

/** An RTSP server that we did not write, serving one file. */
export interface ForeignServer {
  readonly url: string;
  /** Resolves when its process has ended. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** A video file with time stamps (MP4, Matroska). */
  readonly file: string;
  readonly codec: "h264" | "h265";
}

const START_TIMEOUT_MS = 20_000;
const ASK_AGAIN_MS = 100;
const ASK_TIMEOUT_MS = 3_000;

/**
 * Waits until the server describes its stream.
 *
 * @throws Error with the server's own words when it ends before, or does not answer within 20 s.
 */
export async function whenAnswering(url: string, server: ChildProcess, words: () => string): Promise<ForeignServer> {
  const stop = () => end(server);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await describes(url))) {
    if (hasEnded(server)) throw new Error(`${server.spawnfile} ended at its start: ${words()}`);
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${server.spawnfile} does not answer at ${url}: ${words()}`);
    }
    await after(ASK_AGAIN_MS);
  }
  return { url, stop };
}

/** Everything a process has said so far, for the error message. */
export function listenTo(child: ChildProcess): () => string {
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(String(chunk)));
  return () => said.join("").slice(-2_000);
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await closed;
  clearTimeout(timer);
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function describes(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ASK_TIMEOUT_MS, () => done(false));
    socket.on("error", () => done(false));
    socket.on("end", () => done(false));
    socket.on("connect", () => socket.write(`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n`));
    socket.on("data", (data) => done(data.toString("latin1").startsWith("RTSP/1.0 200")));
  });
}
