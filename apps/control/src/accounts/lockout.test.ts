import { test as prop } from "@fast-check/vitest";
import { instant, minutes, seconds } from "@overt/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FORGET_AFTER_MS, subjectsOf, waitMs } from "./lockout.ts";

const [pair, address, account] = subjectsOf("Operator", "192.0.2.7").map(({ rule }) => rule);
const at = (ms: number) => instant(ms);
if (!pair || !address || !account) throw new Error("There are three subjects.");

describe("a wait after failed log-ins", () => {
  test("starts with the sixth try from one place, doubles, and ends at a quarter of an hour", () => {
    const waits = [4, 5, 6, 7, 20, 1_000].map((count) => waitMs(pair, { count, lastAt: at(0) }, at(0)));
    expect(waits).toEqual([0, seconds(1), seconds(2), seconds(4), minutes(15), minutes(15)]);
  });

  test("never keeps an owner out for more than a minute when strangers elsewhere guess", () => {
    expect(waitMs(account, { count: 1_000_000, lastAt: at(0) }, at(0))).toBe(minutes(1));
  });

  test("is over after an hour without a failure", () => {
    expect(waitMs(pair, { count: 1_000, lastAt: at(0) }, at(FORGET_AFTER_MS))).toBe(0);
  });

  prop.prop([fc.nat(100), fc.nat({ max: 10_000_000 }), fc.nat({ max: 10_000_000 })])(
    "never grows as time goes by, and never shrinks with another failure",
    (count, a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)];
      const wait = (n: number, now: number) => waitMs(pair, { count: n, lastAt: at(0) }, at(now));
      expect(wait(count, late)).toBeLessThanOrEqual(wait(count, early));
      expect(wait(count + 1, early)).toBeGreaterThanOrEqual(wait(count, early));
    },
  );
});

const place = (text: string) => subjectsOf("x", text)[1]?.key;

test("all addresses of one IPv6 subscriber are one place, written in any way", () => {
  const same = ["2001:db8:1:2::7", "2001:0db8:0001:0002:ffff:1:2:3", "2001:DB8:1:2:0:0:0:1"].map(place);
  expect(new Set(same)).toEqual(new Set(["address 2001:db8:1:2::/64"]));
  expect(place("2001:db8:1:3::7")).not.toBe(same[0]);
  expect(place("::1")).toBe("address 0:0:0:0::/64");
});

test("an IPv4 address is the same place when it comes over IPv6", () => {
  expect(place("::ffff:192.0.2.7")).toBe(place("192.0.2.7"));
});

test("a name is one name in any case", () => {
  expect(subjectsOf("OPERATOR", "192.0.2.7")).toEqual(subjectsOf("operator", "192.0.2.7"));
});
