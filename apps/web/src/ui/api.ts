import { OvertError } from "@overt/core";
import { Problem } from "@overt/link";
import { z } from "zod";

/** Codes under which a page must show the log-in form. */
export const NOT_LOGGED_IN = "SESSION_REQUIRED";

const Anything = z.unknown();

/**
 * One call of the centre's HTTP API.
 *
 * @throws OvertError the centre's refusal with its code, `CENTRE_UNREACHABLE`, or `REPLY_UNEXPECTED`
 */
export async function call<T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  { body, shape }: { body?: unknown; shape?: z.ZodType<T> } = {},
): Promise<T> {
  const response = await reach(method, path, body);
  const text = await response.text();
  const json: unknown = text === "" ? null : parseJson(text, path);
  if (!response.ok) throw refusal(response.status, json, path);
  const parsed = (shape ?? (Anything as z.ZodType<T>)).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new OvertError("REPLY_UNEXPECTED", `The centre's answer to ${path} has another shape than this page knows.`, {
    hint: "Reload the page: the centre may have been upgraded.",
    cause: parsed.error,
  });
}

async function reach(method: string, path: string, body: unknown): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin", headers: { accept: "application/json" } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  try {
    return await fetch(path, init);
  } catch (cause) {
    throw new OvertError("CENTRE_UNREACHABLE", "The centre does not answer.", {
      hint: "Check the network, then try again.",
      cause,
    });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OvertError("REPLY_UNEXPECTED", `The answer to ${path} is not from the centre.`, {
      hint: "A proxy or a captive portal may stand between.",
      cause,
    });
  }
}

function refusal(status: number, json: unknown, path: string): OvertError {
  const problem = Problem.safeParse(json);
  if (!problem.success) return new OvertError("REPLY_UNEXPECTED", `${path} was answered with ${status}.`);
  const { code, message, hint } = problem.data;
  return new OvertError(
    status === 401 && code !== "LOGIN_WRONG" ? NOT_LOGGED_IN : code,
    message,
    hint === null ? {} : { hint },
  );
}
