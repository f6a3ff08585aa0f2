import { createServer as createPlainServer, type RequestListener, type Server } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import type { DurationMs } from "@overt/core";
import type { CertificateSource } from "./source.ts";

export interface CentreServer {
  readonly server: Server;
  /** Closes the connections that have not begun to speak TLS, which the server itself does not know. */
  hangUp(): void;
}

/** First byte of a TLS connection: record type "handshake" (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 22;
const HANDSHAKE_LIMIT_MS: DurationMs = 10_000;
const CONNECTIONS = 2_000;

/**
 * The server on the centre's port. With certificates it speaks TLS, and sends whoever comes with plain HTTP to the same
 * address with `https`: people type addresses without a scheme.
 */
export function makeServer(certificates: CertificateSource | null, answer: RequestListener): CentreServer {
  if (!certificates) return { server: limited(createPlainServer(answer)), hangUp: () => {} };
  const tls = { minVersion: "TLSv1.2", handshakeTimeout: HANDSHAKE_LIMIT_MS } as const;
  const server = limited(createServer({ ...certificates.current, ...tls }, answer));
  certificates.onRenewed((credentials) => server.setSecureContext({ ...credentials, minVersion: tls.minVersion }));
  const redirect = createPlainServer(sendToHttps);
  const [openTls] = server.listeners("connection");
  const waiting = new Set<Socket>();
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const isTls = () => {
      waiting.delete(socket);
      clearTimeout(deadline);
    };
    // A fixed end and not an idle time: who sends a byte now and then must not stay for ever.
    const deadline = setTimeout(() => socket.destroy(), HANDSHAKE_LIMIT_MS);
    waiting.add(socket);
    socket.once("close", isTls);
    socket.on("error", () => socket.destroy());
    socket.once("readable", () => {
      const first: Buffer | null = socket.read();
      if (!first) return;
      socket.unshift(first);
      if (first[0] !== TLS_HANDSHAKE) {
        redirect.emit("connection", socket);
        return;
      }
      isTls();
      openTls?.call(server, socket);
    });
  });
  return {
    server,
    hangUp: () => {
      for (const socket of waiting) socket.destroy();
    },
  };
}

function limited<S extends Server>(server: S): S {
  server.maxConnections = CONNECTIONS;
  return server;
}

const sendToHttps: RequestListener = (request, response) => {
  const host = /^[a-zA-Z0-9.:[\]-]+$/.exec(request.headers.host ?? "")?.[0];
  const location = host ? { location: `https://${host}${request.url ?? "/"}` } : {};
  response.writeHead(host ? 308 : 400, { ...location, connection: "close", "content-type": "text/plain" });
  response.end("This port speaks HTTPS.\n");
};
