import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { OvertError } from "@overt/core";
import type { CameraFacts } from "./connection.ts";
import { Connection } from "./connection.ts";

export interface TlsIdentity {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly tls?: TlsIdentity;
}

/** A camera's RTSP port: RTSP over TCP, or RTSPS with a certificate. */
export class RtspServer {
  readonly #camera: CameraFacts;
  readonly #server: Server;
  readonly #connections = new Map<Connection, Socket>();
  #accepted = 0;
  #endedBytes = 0;

  /** @throws OvertError `SIM_PORT_IN_USE` */
  static async listen(camera: CameraFacts, options: ListenOptions): Promise<RtspServer> {
    const server = new RtspServer(camera, options.tls);
    await server.#listen(options);
    return server;
  }

  private constructor(camera: CameraFacts, tls: TlsIdentity | undefined) {
    this.#camera = camera;
    this.#server = tls
      ? createTlsServer({ ...tls }, (socket) => this.#accept(socket))
      : createServer((socket) => this.#accept(socket));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  stats() {
    let sentBytes = this.#endedBytes;
    let playing = 0;
    for (const connection of this.#connections.keys()) {
      sentBytes += connection.sentBytes;
      playing += connection.playing;
    }
    return { connections: this.#connections.size, accepted: this.#accepted, playing, sentBytes };
  }

  /** Cuts all connections, as a loss of power does; the port goes on listening. */
  cutAll(): void {
    for (const socket of this.#connections.values()) socket.destroy();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#connections.values()) socket.destroy();
    await closed;
  }

  #listen({ host, port }: ListenOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (cause: NodeJS.ErrnoException) =>
        reject(
          cause.code === "EADDRINUSE"
            ? new OvertError("SIM_PORT_IN_USE", `Port ${port} of ${host} is in use.`, {
                hint: "Choose another --port, or end the program that has it.",
                cause,
              })
            : cause,
        ),
      );
      this.#server.listen({ host, port, backlog: 512 }, () => resolve());
    });
  }

  #accept(socket: Socket): void {
    this.#accepted++;
    const facts = {
      number: this.#accepted,
      host: socket.localAddress?.replace(/^::ffff:/, "") ?? "127.0.0.1",
      port: socket.localPort ?? 0,
      client: socket.remoteAddress ?? "",
      startedMs: performance.now(),
      closed: () => socket.destroyed,
      close: () => socket.destroy(),
      write(bytes: Uint8Array | string) {
        if (!socket.destroyed) socket.write(bytes);
      },
      notes: new Map<string, unknown>(),
    };
    const connection = new Connection(this.#camera, socket, facts, () => {
      this.#endedBytes += connection.sentBytes;
      this.#connections.delete(connection);
    });
    this.#connections.set(connection, socket);
  }
}
