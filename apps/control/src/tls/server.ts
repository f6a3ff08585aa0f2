import { createServer as createPlainServer, type RequestListener, type Server } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import type { CertificateSource } from "./source.ts";

/** First byte of a TLS connection: record type "handshake" (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 22;

/**
 * The server on the centre's port. With certificates it speaks TLS, and sends whoever comes with plain HTTP to the same
 * address with `https`: people type addresses without a scheme.
 */
export function makeServer(certificates: CertificateSource | null, answer: RequestListener): Server {
  if (!certificates) return createPlainServer(answer);
  const server = createServer({ ...certificates.current, minVersion: "TLSv1.2" }, answer);
  certificates.onRenewed((credentials) => server.setSecureContext({ ...credentials, minVersion: "TLSv1.2" }));
  const redirect = createPlainServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const host = /^[a-zA-Z0-9.:[\]-]+$/.exec(request.headers.host ?? "")?.[0];
    const location = host ? { location: `https://${host}${request.url ?? "/"}` } : {};
    response.writeHead(host ? 308 : 400, { ...location, connection: "close", "content-type": "text/plain" });
    response.end("This port speaks HTTPS.\n");
  });
  const [openTls] = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    socket.once("error", () => socket.destroy());
    socket.setTimeout(10_000, () => socket.destroy());
    socket.once("readable", () => {
      const first: Buffer | null = socket.read();
      if (!first) return;
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.unshift(first);
      if (first[0] === TLS_HANDSHAKE) openTls?.call(server, socket);
      else redirect.emit("connection", socket);
    });
  });
  server.on("close", () => redirect.closeAllConnections());
  return server;
}
