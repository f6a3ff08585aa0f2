import { z } from "zod";
import type { App } from "../http/app.ts";
import { sessionOf } from "../http/guard.ts";
import { HttpProblem, ProblemBody } from "../http/problems.ts";
import { clearSessionCookie } from "../http/session-cookie.ts";
import type { Accounts } from "./accounts.ts";
import { enter } from "./enter.ts";
import type { Sessions } from "./sessions.ts";

/** Lower case, so that a name cannot be told from another only by its case. */
const AccountName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,62}$/, "1 to 63 of a-z, 0-9, and . _ @ -");
/** Length is what counts (NIST SP 800-63B-4 §3.1.1.2: no rules of composition); the upper bound is for the hash. */
const NewPassword = z.string().min(12, "at least 12 characters").max(256);
const Me = z.object({
  account: z.object({ name: z.string() }),
  endsAt: z.number(),
  demo: z.boolean(),
  /** The demo's site has a plug that can be pulled. */
  plug: z.boolean(),
});

const REFUSALS = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 429: ProblemBody };
const PER_MINUTE = 30;
const slow = { rateLimit: { max: PER_MINUTE, timeWindow: 60_000 } };

export function accountRoutes(
  app: App,
  { accounts, sessions, demo, plug }: { accounts: Accounts; sessions: Sessions; demo: boolean; plug: boolean },
): void {
  app.get(
    "/api/setup",
    {
      config: { public: true, ...slow },
      schema: { summary: "Whether the first account is still to be made.", response: { 200: SetupState } },
    },
    async () => ({ needed: await accounts.none(), demo }),
  );

  app.post(
    "/api/setup",
    {
      config: { public: true, ...slow },
      schema: {
        summary: "Makes the first account by the one-time link and logs it in.",
        body: z.object({ token: z.string().max(100), name: AccountName, password: NewPassword }),
        response: { 200: Account, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { token, name, password } = request.body;
      return enter(sessions, await accounts.setUp(token, name, password), request, reply);
    },
  );

  app.post(
    "/api/login",
    {
      config: { public: true, ...slow },
      schema: {
        summary: "Logs in by password.",
        body: z.object({ name: z.string().trim().toLowerCase().max(63), password: z.string().max(256) }),
        response: { 200: Account, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const result = await accounts.logIn(name, password, request.ip);
      if (result.outcome === "wait") throw mustWait(result.waitMs);
      if (result.outcome === "wrong") {
        // Without the name: people type passwords into that field.
        request.log.warn({ address: request.ip }, "A log-in failed.");
        throw new HttpProblem(401, "LOGIN_WRONG", "The name or the password is wrong.", {
          hint: "After several wrong ones each further try has to wait longer.",
        });
      }
      return enter(sessions, result.account, request, reply);
    },
  );

  app.post("/api/logout", { schema: { summary: "Ends this session and its sockets." } }, async (request, reply) => {
    await sessions.end(sessionOf(request).tokenHash);
    clearSessionCookie(reply);
    return reply.code(204).send();
  });

  app.get(
    "/api/me",
    { schema: { summary: "Who is logged in, and until when.", response: { 200: Me, 401: ProblemBody } } },
    async (request) => {
      const { account, endsAt } = sessionOf(request);
      return { account: { name: account.name }, endsAt, demo, plug };
    },
  );
}

const SetupState = z.object({ needed: z.boolean(), demo: z.boolean() });
const Account = z.object({ account: z.object({ name: z.string() }) });

function mustWait(waitMs: number): HttpProblem {
  const seconds = Math.ceil(waitMs / 1_000);
  return new HttpProblem(429, "LOGIN_LOCKED", "There were too many wrong log-ins.", {
    hint: `Try again in ${seconds} s.`,
    retryAfterS: seconds,
  });
}
