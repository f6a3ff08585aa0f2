import { OvertError } from "@overt/core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

/** The one shape of every refusal (DESIGN §8): a stable code for programs, a sentence and a hint for people. */
export const ProblemBody = z
  .object({ code: z.string(), message: z.string(), hint: z.string().nullable() })
  .meta({ description: "Why it was refused." });
export type ProblemBody = z.infer<typeof ProblemBody>;

/** A refusal with its HTTP status. */
export class HttpProblem extends OvertError {
  readonly status: number;
  readonly retryAfterS: number | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { hint?: string; cause?: unknown; retryAfterS?: number } = {},
  ) {
    super(code, message, more);
    this.status = status;
    this.retryAfterS = more.retryAfterS;
  }
}

/** Codes of other rooms that are the asker's to mend, with the status they get. */
const STATUS: Record<string, number> = {
  SETUP_LINK_INVALID: 403,
  LOGIN_BUSY: 503,
  PASSKEY_REFUSED: 401,
  PASSKEY_UNKNOWN: 404,
  PASSKEY_LIMIT: 400,
  ID_INVALID: 400,
  CAMERA_UNKNOWN: 404,
  RECORDER_GONE: 503,
  RECORDER_SLOW: 503,
  SITE_UNKNOWN: 404,
  OUTAGE_RUNNING: 409,
  DEMO_NOT_RUNNING: 503,
};

/** Fastify's codes that an asker can cause. */
const FRAMEWORK: Record<string, { code: string; hint: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: "BODY_TOO_LARGE", hint: "Send less." },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: "MEDIA_TYPE_UNSUPPORTED", hint: "Send application/json." },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: "JSON_INVALID", hint: "Send well-formed JSON." },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: "JSON_INVALID", hint: "Send a JSON body." },
};

export function sendProblem(thrown: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body, retryAfterS } = describe(thrown);
  if (body.code === "UNEXPECTED") request.log.error({ err: thrown }, body.message);
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(body));
}

function describe(thrown: FastifyError | Error): { status: number; body: ProblemBody; retryAfterS?: number } {
  if (thrown instanceof HttpProblem) {
    const body = asBody(thrown);
    return thrown.retryAfterS === undefined
      ? { status: thrown.status, body }
      : { status: thrown.status, body, retryAfterS: thrown.retryAfterS };
  }
  if (thrown instanceof OvertError && STATUS[thrown.code])
    return { status: STATUS[thrown.code] ?? 500, body: asBody(thrown) };
  if ("validation" in thrown && thrown.validation)
    return {
      status: 400,
      body: { code: "INPUT_INVALID", message: thrown.message, hint: "Correct the named field and try again." },
    };
  const known = "code" in thrown ? FRAMEWORK[thrown.code] : undefined;
  const status = "statusCode" in thrown ? (thrown.statusCode ?? 500) : 500;
  if (known) return { status, body: { code: known.code, message: thrown.message, hint: known.hint } };
  if (status < 500) return { status, body: { code: "REQUEST_INVALID", message: thrown.message, hint: null } };
  return {
    status: 500,
    body: {
      code: "UNEXPECTED",
      message: "Something went wrong in the centre.",
      hint: "Try again. If it stays, the centre's log tells more.",
    },
  };
}

const asBody = ({ code, message, hint }: OvertError): ProblemBody => ({ code, message, hint: hint ?? null });
