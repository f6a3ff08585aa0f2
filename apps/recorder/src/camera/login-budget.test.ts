import { fc, test as propertyTest } from "@fast-check/vitest";
import { minutes, seconds } from "@overt/core";
import { expect, test } from "vitest";
import { CameraLogin } from "./login-budget.ts";

const WRONG = { username: "user", password: "old" };

/** Asks, and has the camera refuse. */
function fail(login: CameraLogin, nowMs: number): boolean {
  const leave = login.ask(nowMs);
  if (leave.kind === "try") leave.login.refused(nowMs);
  return leave.kind === "try";
}

test("rec-03 evercam-server#91: three refusals in half an hour, then none until the first is half an hour old", () => {
  const login = new CameraLogin(WRONG);
  expect([0, 1_000, 60_000, 61_000].map((nowMs) => fail(login, nowMs))).toEqual([true, true, true, false]);
  expect(login.ask(61_000)).toEqual({ kind: "wait", untilMs: minutes(30) });
  expect(fail(login, minutes(30) - 1)).toBe(false);
  expect(fail(login, minutes(30))).toBe(true);
});

test("rec-03: logins under way count as if they were refused, so that streams cannot fail together", () => {
  const login = new CameraLogin(WRONG);
  const tries = [0, 1, 2].map(() => login.ask(0));
  expect(tries.map(({ kind }) => kind)).toEqual(["try", "try", "try"]);
  expect(login.ask(0)).toEqual({ kind: "wait", untilMs: seconds(1) });
  for (const leave of tries) if (leave.kind === "try") leave.login.accepted();
  expect(login.ask(0).kind).toBe("try");
});

test("rec-03: a try is settled once", () => {
  const login = new CameraLogin(WRONG);
  const leave = login.ask(0);
  if (leave.kind !== "try") throw new Error("There was no leave to try.");
  leave.login.accepted();
  leave.login.refused(0);
  leave.login.unused();
  expect([fail(login, 0), fail(login, 0), fail(login, 0), fail(login, 0)]).toEqual([true, true, true, false]);
});

test("rec-03 rroller/dahua#729: new credentials are tried at once, and told to who waits", () => {
  const login = new CameraLogin(WRONG);
  const late = login.ask(0);
  for (let n = 0; n < 3; n++) fail(login, 0);
  let told = 0;
  const stop = login.onChange(() => told++);
  login.change({ username: "user", password: "new" });
  const leave = login.ask(1);
  expect(leave.kind === "try" && leave.credentials.password).toBe("new");
  if (late.kind === "try") late.login.refused(1);
  expect([fail(login, 1), fail(login, 1)]).toEqual([true, true]);
  stop();
  login.change(WRONG);
  expect(told).toBe(1);
});

propertyTest.prop([fc.array(fc.tuple(fc.nat(120_000), fc.boolean()), { maxLength: 400 })])(
  "whatever the order, no half hour has more than three refusals",
  (steps) => {
    const login = new CameraLogin(WRONG);
    const refusedAt: number[] = [];
    let nowMs = 0;
    for (const [passedMs, refuses] of steps) {
      nowMs += passedMs;
      const leave = login.ask(nowMs);
      if (leave.kind !== "try") continue;
      if (refuses) {
        leave.login.refused(nowMs);
        refusedAt.push(nowMs);
      } else leave.login.accepted();
    }
    for (const atMs of refusedAt)
      expect(refusedAt.filter((other) => other >= atMs && other < atMs + minutes(30)).length).toBeLessThanOrEqual(3);
  },
);
