import type { FastifyReply, FastifyRequest } from "fastify";

/** `__Host-`: browsers take it only with Secure, without Domain and for the whole host (RFC 6265bis §4.1.3.2). */
const SESSION_COOKIE = "__Host-overt";

const ATTRIBUTES = { path: "/", httpOnly: true, secure: true, sameSite: "strict" } as const;

export const sessionToken = (request: FastifyRequest): string | undefined => request.cookies[SESSION_COOKIE];

/** Without Max-Age: it ends with the browser, and on the server by the session's own clock. */
export function setSessionCookie(reply: FastifyReply, token: string): void {
  reply.setCookie(SESSION_COOKIE, token, ATTRIBUTES);
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, ATTRIBUTES);
}
