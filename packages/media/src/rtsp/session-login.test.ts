import { expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";
import { chooseAuthorizer } from "./digest.ts";
import { type Answer, type Asked, Encounter, plainAnswer, reply, USER } from "./fake-camera.ts";
import type { RtspSessionOptions } from "./session.ts";

const FIXED = { makeCnonce: () => "0a4f113b" };

/** A camera behind a login, that checks the response as the RFC says. */
function guarded(challengeFor: (asked: Asked) => string[], accepts = USER): Answer {
  return (asked) => {
    const challenges = challengeFor(asked);
    const given = asked.headers.get("authorization");
    const right = chooseAuthorizer(parseChallenges(challenges), accepts, true, FIXED.makeCnonce);
    const nc = Number.parseInt(/nc=([0-9a-f]{8})/.exec(given ?? "")?.[1] ?? "1", 16);
    let expected = "";
    if (right.kind === "use")
      for (let n = 0; n < nc; n++) expected = right.authorizer.authorize(asked.method, asked.uri);
    if (given !== undefined && given === expected) return plainAnswer(asked);
    return reply(
      asked,
      "401 Unauthorized",
      challenges.map((challenge) => `WWW-Authenticate: ${challenge}`),
    );
  };
}

const meet = (answer: Answer, options: Partial<RtspSessionOptions> = {}): Encounter =>
  new Encounter(answer, { credentials: USER, ...FIXED, ...options }).start();

const digest = (rest = ""): string => `Digest realm="cam", nonce="n1"${rest}`;

test.each([
  ["MD5 as of old", [digest()]],
  ["rtsp-02: SHA-256 alone", ['Digest realm="IP Camera(AB123)", nonce="n", algorithm="SHA-256", stale="FALSE"']],
  ["rtsp-03: qop", [digest(', qop="auth,auth-int", opaque="o"')]],
  ["rtsp-01: Basic first", ['Basic realm="/"', digest()]],
  ["rtsp-01: MD5, then SHA-256", [digest(), digest(", algorithm=SHA-256")]],
])("%s: one refusal, then in", (_, challenges) => {
  const met = meet(guarded(() => challenges));
  expect(met.events).toEqual(["described", "playing"]);
  expect(met.methods.slice(0, 3)).toEqual(["OPTIONS", "OPTIONS", "DESCRIBE"]);
  expect(met.session.loginProven).toBe(true);
});

test("rtsp-13: two challenges in bare LF are two", () => {
  const lines = ["WWW-Authenticate: Basic realm=x", `WWW-Authenticate: ${digest()}`];
  const met = meet((asked) =>
    asked.headers.has("authorization")
      ? plainAnswer(asked)
      : `RTSP/1.0 401 Unauthorized\nCSeq: ${asked.headers.get("cseq")}\n${lines.join("\n")}\n\n`,
  );
  expect(met.asked[1]?.headers.get("authorization")).toContain("Digest");
});

test("rec-03: a wrong password is tried once, then it is AUTH_FAILED", () => {
  let nonce = 0;
  const met = meet(guarded(() => [`Digest realm="r", nonce="n${nonce++}"`], { username: "user", password: "other" }));
  expect(met.error?.code).toBe("AUTH_FAILED");
  expect(met.asked.filter(({ headers }) => headers.has("authorization"))).toHaveLength(1);
});

test("a nonce that grew old is no wrong password", () => {
  const met = meet(guarded((asked) => [`Digest realm="r", nonce="${asked.method}", stale=TRUE`]));
  expect(met.events).toEqual(["described", "playing"]);
});

test("neither is one that changes without a word once the login was good", () => {
  const met = meet(guarded((asked) => [`Digest realm="r", nonce="${asked.method}"`]));
  expect(met.events).toEqual(["described", "playing"]);
});

test("a server that calls every nonce stale is not asked for ever", () => {
  let nonce = 0;
  const met = meet(guarded(() => [`Digest realm="r", nonce="n${nonce++}", stale=true`]));
  expect(met.error?.code).toBe("AUTH_FAILED");
  expect(met.asked).toHaveLength(3);
});

test("without credentials a login is asked for, not guessed", () => {
  expect(
    meet(
      guarded(() => [digest()]),
      { credentials: undefined },
    ).error?.code,
  ).toBe("AUTH_REQUIRED");
});

test("Basic alone is refused in the clear, unless it is allowed or the link is encrypted", () => {
  const camera = guarded(() => ['Basic realm="/"']);
  const refused = meet(camera);
  expect(refused.error?.code).toBe("AUTH_BASIC_REFUSED");
  expect(refused.asked.some(({ headers }) => headers.has("authorization"))).toBe(false);
  expect(meet(camera, { allowBasic: true }).events).toEqual(["described", "playing"]);
  const encrypted = new Encounter(camera, { credentials: USER, href: "rtsps://192.0.2.7/live" }).start();
  expect(encrypted.events).toEqual(["described", "playing"]);
});

test("a way of logging in that we do not know is named", () => {
  expect(meet(guarded(() => ["Negotiate"])).error).toMatchObject({
    code: "AUTH_UNSUPPORTED",
    message: expect.stringContaining("negotiate"),
  });
});

test("rtsp-18 go2rtc#1208: the password is in no request and no error", () => {
  for (const met of [meet(guarded(() => [digest()])), meet(guarded(() => [digest()], { ...USER, password: "x" }))]) {
    for (const { text } of met.asked) expect(text).not.toMatch(/a@b|c\?d|%0X/);
    expect(`${met.error}`).not.toContain(USER.password);
  }
});

test("a login that a keep-alive is asked for is given, once, and a refusal of it ends nothing", () => {
  let locked = false;
  const met = meet((asked) =>
    locked ? reply(asked, "401 Unauthorized", [`WWW-Authenticate: ${digest()}`]) : plainAnswer(asked),
  );
  locked = true;
  met.play(35);
  expect(met.asked.slice(4).map(({ headers }) => headers.has("authorization"))).toEqual([false, true]);
  expect(met.error).toBeNull();
  met.play(300);
  expect(met.asked.slice(4).filter(({ headers }) => headers.has("authorization"))).toHaveLength(1);
});
