import type { ConnectionFacts, Hooks } from "../server/hooks.ts";
import type { RtspReply } from "../server/message.ts";
import type { Fault } from "./fault.ts";

const BAN_AFTER_FAILURES = 5;
const BAN_WINDOW_MS = 5 * 60_000;
const BAN_MS = 30 * 60_000;

/** Addresses that failed too often; each attempt while banned is dropped without a word. */
function bans(): Hooks {
  const failures = new Map<string, number[]>();
  const bannedUntil = new Map<string, number>();
  return {
    accept(connection) {
      if ((bannedUntil.get(connection.client) ?? 0) <= performance.now()) return true;
      connection.close();
      return false;
    },
    reply(reply, request, { client }) {
      if (reply.status !== 401 || !request.headers.has("authorization")) return reply;
      const now = performance.now();
      const recent = [...(failures.get(client) ?? []).filter((at) => now - at < BAN_WINDOW_MS), now];
      failures.set(client, recent);
      if (recent.length < BAN_AFTER_FAILURES) return reply;
      bannedUntil.set(client, now + BAN_MS);
      return "close";
    },
  };
}

interface Place {
  readonly connection: ConnectionFacts;
  freeAtMs: number;
}

/**
 * A number of places for sessions.
 *
 * @param lingerMs How long one stays taken after a connection broke without TEARDOWN.
 * @param full What a camera does with a newcomer when all are taken.
 */
function places(
  count: number,
  lingerMs: number,
  full: (oldest: ConnectionFacts, newcomer: ConnectionFacts) => RtspReply | undefined,
): Hooks {
  let taken: Place[] = [];
  return {
    request({ method }, connection) {
      taken = taken.filter((place) => place.freeAtMs > performance.now());
      if (method === "TEARDOWN") taken = taken.filter((place) => place.connection !== connection);
      if (method !== "SETUP" || taken.some((place) => place.connection === connection)) return undefined;
      const oldest = taken[0];
      const refusal = oldest && taken.length >= count ? full(oldest.connection, connection) : undefined;
      if (refusal) return refusal;
      taken.push({ connection, freeAtMs: Number.POSITIVE_INFINITY });
      return undefined;
    },
    closed(connection) {
      for (const place of taken) if (place.connection === connection) place.freeAtMs = performance.now() + lingerMs;
    },
  };
}

const noRoom: RtspReply = { status: 453, headers: [] };

const FAILED_DESCRIBES: readonly (RtspReply | "close")[] = [
  { status: 404, headers: [] },
  { status: 500, headers: [] },
  { status: 200, headers: [["Content-Type", "application/sdp"]], body: "\u0000\u0001 this is no session description" },
  { status: 200, headers: [] },
  "close",
];

/** Kind 6 of the cases: sessions, places, and absence. */
export const SESSION_FAULTS: readonly Fault[] = [
  {
    name: "rec-01",
    does: "Is away: connections are cut and refused until the fault is taken off.",
    hooks: () => ({ off: true }),
  },
  {
    name: "rec-02",
    does: "Is off at the start: connections are refused until the fault is taken off.",
    hooks: () => ({ off: true }),
  },
  { name: "rec-03", does: "Bans an address for 30 min after 5 failed logins within 5 min.", hooks: bans },
  {
    name: "rec-04",
    does: "Falls silent both ways after 60 s and closes nothing, as with a pulled cable.",
    hooks() {
      const silentFromMs = performance.now() + 60_000;
      return { muted: () => performance.now() > silentFromMs };
    },
  },
  {
    name: "rec-05",
    does: "Has two places: a third session gets 453, or the oldest is pushed out.",
    variants: 2,
    hooks: (variant) =>
      places(2, 0, (oldest, newcomer) => {
        if (variant(newcomer) === 1) return noRoom;
        oldest.close();
        return undefined;
      }),
  },
  {
    name: "rec-06",
    does: "Has three places, and keeps one for 60 s after a break without TEARDOWN.",
    hooks: () => places(3, 60_000, () => noRoom),
  },
  {
    name: "rec-07",
    does: "Is busy for 3 s with the first request of each connection.",
    hooks: () => ({
      delayMs(_, { notes }) {
        if (notes.has("greeted")) return 0;
        notes.set("greeted", true);
        return 3_000;
      },
    }),
  },
  {
    name: "rec-08",
    does: "Fails in DESCRIBE, each time otherwise.",
    variants: FAILED_DESCRIBES.length,
    hooks: (variant) => ({
      request: ({ method }, connection) =>
        method === "DESCRIBE" ? FAILED_DESCRIBES[variant(connection) - 1] : undefined,
    }),
  },
];
