import type { FastifyRequest } from "fastify";
import type { Session, Sessions } from "../accounts/sessions.ts";
import type { App } from "./app.ts";
import { isOwnOrigin, type OriginRules } from "./origin.ts";
import { HttpProblem } from "./problems.ts";
import { sessionToken } from "./session-cookie.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Answers without a log-in. Everything else, routes of later features included, is refused without one. */
    public?: boolean;
    /** Ends in a WebSocket: whoever is refused is told so on the socket. */
    socket?: boolean;
  }
  interface FastifyRequest {
    session: Session | null;
    /** Why a socket is closed right after it opened: a page cannot read the status of a refused upgrade (ops-08). */
    refusal: HttpProblem | null;
  }
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses every request that is neither public nor of a logged-in page of our own. Registered after the WebSocket
 * plugin, which alone knows whether the connection was upgraded: a header says only what somebody wrote into it.
 */
export function guard(app: App, { origin, sessions }: { origin: OriginRules; sessions: Sessions }): void {
  app.decorateRequest("session", null);
  app.decorateRequest("refusal", null);
  app.addHook("onRequest", async (request) => {
    const isSocket = request.ws === true && request.routeOptions.config.socket === true;
    const refusal = await refusalOf(request, isSocket);
    if (!refusal) return;
    if (!isSocket) throw refusal;
    request.refusal = refusal;
  });

  async function refusalOf(request: FastifyRequest, isSocket: boolean): Promise<HttpProblem | null> {
    if ((isSocket || !SAFE.has(request.method)) && !isOwnOrigin(request.headers, origin)) return wrongOrigin(request);
    if (request.routeOptions.config.public) return null;
    const token = sessionToken(request);
    request.session = token ? await sessions.find(token) : null;
    return request.session ? null : notLoggedIn();
  }
}

/** @throws HttpProblem `NOT_LOGGED_IN`; a guarded route always has a session. */
export function sessionOf(request: FastifyRequest): Session {
  if (!request.session) throw notLoggedIn();
  return request.session;
}

function notLoggedIn(): HttpProblem {
  return new HttpProblem(401, "NOT_LOGGED_IN", "Nobody is logged in here, or the session has ended.", {
    hint: "Log in and try again.",
  });
}

function wrongOrigin({ headers }: FastifyRequest): HttpProblem {
  const from = headers.origin ? `a page of ${headers.origin.slice(0, 200)}` : "no page at all";
  return new HttpProblem(403, "ORIGIN_REFUSED", `This request came from ${from}, not from the centre's own.`, {
    hint: `Open the centre at the address that it prints, port included. Programs send "Origin" with that address.`,
  });
}
