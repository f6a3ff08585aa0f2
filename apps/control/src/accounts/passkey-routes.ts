import { isIP } from "node:net";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../http/app.ts";
import { sessionOf } from "../http/guard.ts";
import { HttpProblem, ProblemBody } from "../http/problems.ts";
import { enter } from "./enter.ts";
import type { Passkeys, RelyingParty } from "./passkeys.ts";
import type { Sessions } from "./sessions.ts";

const Text = z.string().max(16_384);
const base = { id: z.string().max(2_048), rawId: z.string().max(2_048), type: z.literal("public-key") };
const rest = { authenticatorAttachment: z.string().max(32).optional(), clientExtensionResults: z.looseObject({}) };
const RegistrationResponse = z.object({
  ...base,
  ...rest,
  response: z.looseObject({ clientDataJSON: Text, attestationObject: Text }),
});
const AuthenticationResponse = z.object({
  ...base,
  ...rest,
  response: z.looseObject({ clientDataJSON: Text, authenticatorData: Text, signature: Text }),
});
/** Passed on to `navigator.credentials` as it is (WebAuthn Level 3 §5.1). */
const BrowserOptions = z.looseObject({ challenge: z.string() });
const PasskeyList = z.object({
  passkeys: z.array(
    z.object({ id: z.string(), label: z.string(), createdAt: z.number(), usedAt: z.number().nullable() }),
  ),
});
const REFUSALS = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 429: ProblemBody };
const slow = { rateLimit: { max: 30, timeWindow: 60_000 } };

export function passkeyRoutes(app: App, { passkeys, sessions }: { passkeys: Passkeys; sessions: Sessions }): void {
  app.post(
    "/api/passkeys/login/options",
    {
      config: { public: true, ...slow },
      schema: { summary: "A challenge for logging in by passkey.", response: { 200: BrowserOptions, ...REFUSALS } },
    },
    async (request) => ({ ...(await passkeys.beginLogin(siteOf(request))) }),
  );

  app.post(
    "/api/passkeys/login",
    {
      config: { public: true, ...slow },
      schema: {
        summary: "Logs in by passkey.",
        body: z.object({ response: AuthenticationResponse }),
        response: { 200: z.object({ account: z.object({ name: z.string() }) }), ...REFUSALS },
      },
    },
    async (request, reply) => {
      const account = await passkeys.logIn(
        siteOf(request),
        request.body.response as unknown as AuthenticationResponseJSON,
      );
      return enter(sessions, account, request, reply);
    },
  );

  app.get(
    "/api/passkeys",
    { schema: { summary: "The passkeys of this account.", response: { 200: PasskeyList, 401: ProblemBody } } },
    async (request) => ({ passkeys: await passkeys.list(sessionOf(request).account) }),
  );

  app.post(
    "/api/passkeys/options",
    { schema: { summary: "A challenge for a new passkey.", response: { 200: BrowserOptions, ...REFUSALS } } },
    async (request) => ({ ...(await passkeys.beginRegistration(sessionOf(request).account, siteOf(request))) }),
  );

  app.post(
    "/api/passkeys",
    {
      schema: {
        summary: "Adds a passkey to this account.",
        body: z.object({ label: z.string().trim().min(1).max(60), response: RegistrationResponse }),
        response: { 200: PasskeyList, ...REFUSALS },
      },
    },
    async (request) => {
      const { account } = sessionOf(request);
      const response = request.body.response as unknown as RegistrationResponseJSON;
      await passkeys.register(account, siteOf(request), request.body.label, response);
      return { passkeys: await passkeys.list(account) };
    },
  );

  app.delete(
    "/api/passkeys/:id",
    {
      schema: {
        summary: "Removes a passkey of this account.",
        params: z.object({ id: z.string().max(2_048) }),
        response: { 200: PasskeyList, 404: ProblemBody, ...REFUSALS },
      },
    },
    async (request) => {
      const { account } = sessionOf(request);
      await passkeys.remove(account, request.params.id);
      return { passkeys: await passkeys.list(account) };
    },
  );
}

/** The guard has checked that the origin is our own, so that it may name the site. */
function siteOf({ headers }: FastifyRequest): RelyingParty {
  const origin = headers.origin ?? "";
  const { hostname } = new URL(origin);
  if (isIP(hostname.replace(/^\[|\]$/g, "")))
    throw new HttpProblem(400, "PASSKEY_NEEDS_NAME", "Browsers make passkeys for names only, not for addresses.", {
      hint: "Open the centre by its name, for example https://localhost.",
    });
  return { id: hostname, origin };
}
