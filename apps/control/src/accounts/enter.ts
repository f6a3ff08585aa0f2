import type { FastifyReply, FastifyRequest } from "fastify";
import { sessionToken, setSessionCookie } from "../http/session-cookie.ts";
import type { Account } from "./accounts.ts";
import type { Sessions } from "./sessions.ts";
import { hashToken } from "./tokens.ts";

/** Begins a session in this browser, and ends the one that it had. */
export async function enter(
  sessions: Sessions,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ account: Account }> {
  const before = sessionToken(request);
  if (before) await sessions.end(hashToken(before));
  setSessionCookie(reply, await sessions.begin(account.id));
  request.log.info({ account: account.name, address: request.ip }, "Logged in.");
  return { account };
}
