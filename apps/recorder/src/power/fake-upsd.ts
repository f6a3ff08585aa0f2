import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { TEST_CERTIFICATE, TEST_KEY } from "../camera/fake-camera-server.ts";

/** What a server sends back for a line: bytes, nothing, or `close`. */
export type Answer = (line: string) => string | Uint8Array | null | "close";

export const GREETING = "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/\n";

/** For tests: a UPS server that answers as it is told, hostile ones too. */
export class FakeUpsd {
  readonly heard: string[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: Answer) {
    this.#server = createServer((socket) => {
      this.connections++;
      this.#serve(socket, answer);
    });
  }

  static async open(answer: Answer): Promise<FakeUpsd> {
    const fake = new FakeUpsd(answer);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, answer: Answer): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes: Buffer) => {
      for (const line of bytes.toString("utf8").split("\n").filter(Boolean)) {
        this.heard.push(line);
        const said = answer(line);
        if (said === "close") socket.destroy();
        else if (said !== null) socket.write(said);
        if (line === "STARTTLS" && said === "OK STARTTLS\n") {
          socket.removeAllListeners("data");
          this.#serve(new TLSSocket(socket, { isServer: true, key: TEST_KEY, cert: TEST_CERTIFICATE }), answer);
        }
      }
    });
  }
}
