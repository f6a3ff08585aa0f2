import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { ForeignServer } from "./foreign-server.ts";

/**
 * A relay before a server that only speaks RTP over UDP (VLC answers 461 to anything else), for a client that only
 * takes it interleaved in the RTSP connection. Requests, answers and packets are the server's and the client's own;
 * only `Transport` and the port in URLs are changed.
 */
export async function interleaved(server: ForeignServer): Promise<ForeignServer> {
  const { port } = new URL(server.url);
  const closing = new Set<() => void>();
  const relay = createServer((client) => {
    carry(client, port, String(portOf(relay.address()))).then((close) => {
      closing.add(close);
      client.on("close", () => closing.delete(close));
    });
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const stop = async () => {
    relay.close();
    for (const close of closing) close();
    await server.stop();
  };
  return { url: server.url.replace(`:${port}/`, `:${portOf(relay.address())}/`), stop };
}

/** One client's connection, until either side ends it. @returns ends it */
async function carry(client: Socket, serverPort: string, ownPort: string): Promise<() => void> {
  const [rtp, rtcp] = await boundPair();
  const upstream = connect(Number(serverPort), "127.0.0.1");
  const toServer = `Transport: RTP/AVP;unicast;client_port=${portOf(rtp.address())}-${portOf(rtcp.address())}`;
  const toClient = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
  const asked = new Messages((text) => {
    upstream.write(rewritten(text, ownPort, serverPort, toServer), "latin1");
  });
  const answered = new Messages((text) => {
    client.write(rewritten(text, serverPort, ownPort, toClient), "latin1");
  });
  client.on("data", (bytes: Buffer) => asked.take(bytes));
  upstream.on("data", (bytes: Buffer) => answered.take(bytes));
  [rtp, rtcp].forEach((socket, channel) => {
    socket.on("message", (packet) => client.write(Buffer.concat([frame(channel, packet.length), packet])));
  });
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    for (const socket of [client, upstream]) socket.destroy();
    for (const socket of [rtp, rtcp]) socket.close();
  };
  for (const socket of [client, upstream]) for (const event of ["close", "error"]) socket.on(event, close);
  return close;
}

/** Ports of the system's choosing all have five digits, so that no length changes. */
function rewritten(text: string, fromPort: string, toPort: string, transport: string): string {
  return text.replaceAll(`:${fromPort}/`, `:${toPort}/`).replace(/^Transport:.*$/m, transport);
}

/** Gives whole messages on and passes over interleaved packets (RFC 2326 §10.12). */
class Messages {
  #pending = "";
  readonly #give: (text: string) => void;

  constructor(give: (text: string) => void) {
    this.#give = give;
  }

  take(bytes: Buffer): void {
    this.#pending += bytes.toString("latin1");
    for (let length = this.#nextLength(); length > 0; length = this.#nextLength()) {
      const text = this.#pending.slice(0, length);
      this.#pending = this.#pending.slice(length);
      if (!text.startsWith("$")) this.#give(text);
    }
  }

  #nextLength(): number {
    const text = this.#pending;
    if (text.startsWith("$")) {
      const length = text.length < 4 ? Number.POSITIVE_INFINITY : 4 + text.charCodeAt(2) * 256 + text.charCodeAt(3);
      return length <= text.length ? length : 0;
    }
    const head = text.indexOf("\r\n\r\n") + 4;
    if (head < 4) return 0;
    const body = Number(/^content-length:\s*(\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
    return head + body <= text.length ? head + body : 0;
  }
}

/** RTP on an even port and RTCP on the next one (RFC 3550 §11). */
async function boundPair(): Promise<readonly [UdpSocket, UdpSocket]> {
  for (;;) {
    const rtp = await bound(0);
    const port = portOf(rtp?.address() ?? null);
    const rtcp = port % 2 === 0 ? await bound(port + 1) : null;
    if (rtp && rtcp) return [rtp, rtcp];
    rtp?.close();
  }
}

async function bound(port: number): Promise<UdpSocket | null> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
  return new Promise((resolve) => {
    socket.once("error", () => resolve(null));
    socket.bind(port, "127.0.0.1", () => resolve(socket));
  });
}

function frame(channel: number, length: number): Buffer {
  return Buffer.from([0x24, channel, length >> 8, length & 0xff]);
}

function portOf(address: { port: number } | string | null): number {
  return address === null || typeof address === "string" ? 0 : address.port;
}
