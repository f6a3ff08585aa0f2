import type { RequestListener, Server } from "node:http";
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import websocket from "@fastify/websocket";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
} from "fastify";
import { validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { Sessions } from "../accounts/sessions.ts";
import { guard } from "./guard.ts";
import { setHeaders } from "./headers.ts";
import { describeApi } from "./openapi.ts";
import type { OriginRules } from "./origin.ts";
import { HttpProblem, sendProblem } from "./problems.ts";
import { serializerCompiler } from "./serializer.ts";

/** The web server with everything that holds for all routes; features add theirs to it. */
export type App = FastifyInstance<
  Server,
  RawRequestDefaultExpression<Server>,
  RawReplyDefaultExpression<Server>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface AppOptions {
  readonly makeServer: (answer: RequestListener) => Server;
  readonly origin: OriginRules;
  readonly sessions: Sessions;
  readonly logger: FastifyBaseLogger;
  /** Strict-Transport-Security is for names that are ours alone: `localhost` is shared with every other program. */
  readonly hsts: boolean;
}

const BODY_LIMIT_BYTES = 64 * 1024;
/** Browsers send JSON of at most a few hundred bytes on the socket; pictures go only one way. */
const SOCKET_MESSAGE_LIMIT_BYTES = 64 * 1024;
const REQUESTS_PER_MINUTE = 1_200;

export async function makeApp(options: AppOptions): Promise<App> {
  const app: App = Fastify({
    serverFactory: (answer) => options.makeServer(answer),
    loggerInstance: options.logger,
    // One line for each picture tile would bury what matters; log-ins, links and faults are logged where they happen.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 2_048 },
    // Slow senders of heads and bodies must not hold connections for ever.
    connectionTimeout: 0,
    requestTimeout: 30_000,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendProblem);
  await app.register(cookie);
  await app.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    cache: 10_000,
    errorResponseBuilder: (_request, { after, ttl }) =>
      new HttpProblem(429, "RATE_LIMITED", "Too many requests came from this address.", {
        hint: `Wait ${after} and try again.`,
        retryAfterS: Math.ceil(ttl / 1_000),
      }),
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, () => {
    throw new HttpProblem(404, "NOT_FOUND", "There is nothing at this address.");
  });
  await setHeaders(app, { scheme: options.origin.scheme, hsts: options.hsts });
  await app.register(websocket, {
    options: { maxPayload: SOCKET_MESSAGE_LIMIT_BYTES },
    // Whoever has sockets open closes them with a reason, in its own hook.
    preClose: (done) => done(),
  });
  guard(app, { origin: options.origin, sessions: options.sessions });
  await describeApi(app);
  return app;
}
