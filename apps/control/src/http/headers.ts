import helmet from "@fastify/helmet";
import type { App } from "./app.ts";

const HOST = /^[a-zA-Z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-fA-F:]+\](?::\d{1,5})?$/;

/**
 * The strict content policy: nothing but our own files runs, and nothing is loaded from or sent to elsewhere.
 * `style-src` allows inline styles, which Mantine writes; a style cannot run code or, under this policy, call out.
 */
export async function setHeaders(
  app: App,
  { scheme, hsts }: { scheme: "https" | "http"; hsts: boolean },
): Promise<void> {
  const socket = scheme === "https" ? "wss" : "ws";
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "connect-src": [
          "'self'",
          // Some browsers do not count wss: of the same host as 'self'.
          ({ headers }) => (headers.host && HOST.test(headers.host) ? `${socket}://${headers.host}` : "'self'"),
        ],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
      },
    },
    strictTransportSecurity: hsts ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
  });
  app.addHook("onSend", async (request, reply) => {
    // Nothing that a log-in shows may stay in a cache of a shared control-room machine.
    reply.header("permissions-policy", "camera=(), microphone=(), geolocation=(), display-capture=()");
    if (request.url.startsWith("/api/")) reply.header("cache-control", "no-store");
  });
}
