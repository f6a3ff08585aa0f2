import type { OvertError } from "@overt/core";
import { parseChallenges } from "./challenge.ts";
import { type Authorizer, type Credentials, chooseAuthorizer } from "./digest.ts";
import { streamFailure } from "./failures.ts";
import type { OpenRequest } from "./requests.ts";

export interface LoginOptions {
  readonly credentials: Credentials | undefined;
  readonly allowBasic: boolean;
  /** A fresh random string of hexadecimal digits at each call. */
  readonly makeCnonce: () => string;
}

const MAX_ATTEMPTS = 3;

/**
 * What to do about a 401: the login to send the request with again, or why there is none.
 *
 * @param proven  this connection's login was accepted before, so that a refusal means that the nonce grew old
 */
export function answerChallenge(
  headers: readonly string[],
  refused: OpenRequest,
  proven: boolean,
  { credentials, allowBasic, makeCnonce }: LoginOptions,
): Authorizer | OvertError {
  if (!credentials) return streamFailure("AUTH_REQUIRED", "The camera asks for a login and none is set.");
  const challenges = parseChallenges(headers);
  const stale = challenges.some(({ parameters }) => parameters.get("stale")?.toLowerCase() === "true");
  if (refused.authorized && (refused.attempt >= MAX_ATTEMPTS || !(stale || proven)))
    return streamFailure("AUTH_FAILED", "The camera refused the user name or password.");
  const choice = chooseAuthorizer(challenges, credentials, allowBasic, makeCnonce);
  switch (choice.kind) {
    case "use":
      return choice.authorizer;
    case "basic_refused":
      return streamFailure("AUTH_BASIC_REFUSED", "The camera takes the password in clear only.");
    case "unsupported":
      return streamFailure("AUTH_UNSUPPORTED", `The camera logs in by ways that Overt does not: ${choice.offered}.`);
  }
}

export function randomCnonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
