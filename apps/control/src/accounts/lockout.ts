import { isIPv6 } from "node:net";
import { type DurationMs, type Instant, minutes, seconds } from "@overt/core";

/** What failed log-ins slow down: how many are free, and the longest wait after one more. */
interface Rule {
  readonly free: number;
  readonly longestMs: DurationMs;
}

/** Someone who guesses one account's password from one place. */
const PAIR: Rule = { free: 5, longestMs: minutes(15) };
/** One place that tries many names. */
const ADDRESS: Rule = { free: 20, longestMs: minutes(15) };
/** Many places that try one name. Short, because anyone can cause it: the owner must not be kept out for long. */
const ACCOUNT: Rule = { free: 20, longestMs: minutes(1) };

/** Failures are forgotten when none came for this long. */
export const FORGET_AFTER_MS: DurationMs = minutes(60);

export interface Subject {
  readonly key: string;
  readonly rule: Rule;
}

/** The three counters that one attempt stands under. */
export function subjectsOf(name: string, address: string): Subject[] {
  const place = network(address);
  const who = name.toLowerCase();
  return [
    { key: `pair ${place} ${who}`, rule: PAIR },
    { key: `address ${place}`, rule: ADDRESS },
    { key: `account ${who}`, rule: ACCOUNT },
  ];
}

/** How long `subject` must wait still, in milliseconds; 0 when it may try now. Doubles with each failure. */
export function waitMs(rule: Rule, failures: { count: number; lastAt: Instant }, now: Instant): DurationMs {
  const past = now - failures.lastAt;
  if (past >= FORGET_AFTER_MS || failures.count < rule.free) return 0;
  const wait = Math.min(rule.longestMs, seconds(2 ** Math.min(20, failures.count - rule.free)));
  return Math.max(0, wait - past);
}

/** One subscriber commonly holds a whole IPv6 /64 (RFC 6177), so that single addresses of it are no identity. */
function network(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!isIPv6(bare)) return bare;
  const [head = "", tail = ""] = bare.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail.split(":").filter(Boolean);
  const zeros = bare.includes("::") ? Array<string>(8 - left.length - right.length).fill("0") : [];
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(":")}::/64`;
}
