import { randomBytes } from "node:crypto";
import type { Fault } from "./fault.ts";

const DAY_MS = 86_400_000;

/** A camera that hangs up on whoever stays. */
const closesEvery = (seconds: number): Fault => ({
  name: `closes-every-${seconds}s`,
  does: `Closes each connection after ${seconds} s.`,
  hooks: () => ({
    accept(connection) {
      setTimeout(() => connection.close(), seconds * 1_000).unref();
      return true;
    },
  }),
});

/** Plain ways for a camera to be unwell. */
export const HEALTH_FAULTS: readonly Fault[] = [
  { name: "power-off", does: "Cuts all connections and refuses new ones.", hooks: () => ({ off: true }) },
  { name: "freeze", does: "Sends and reads nothing more, and closes nothing.", hooks: () => ({ muted: () => true }) },
  {
    name: "silent-after-accept",
    does: "Accepts connections and never answers.",
    hooks: () => ({ accept: () => false }),
  },
  {
    name: "garbage",
    does: "Sends random bytes in place of RTSP.",
    hooks: () => ({
      accept(connection) {
        connection.write(randomBytes(4_096));
        return true;
      },
      wire: () => randomBytes(512).toString("latin1"),
    }),
  },
  {
    name: "wrong-path",
    does: "Knows none of the paths that it is asked for.",
    hooks: () => ({ request: ({ method }) => (method === "DESCRIBE" ? { status: 404, headers: [] } : undefined) }),
  },
  {
    name: "wrong-password",
    does: "Takes no password.",
    hooks: () => ({ auth: { password: randomBytes(16).toString("hex") } }),
  },
  {
    name: "audio-only",
    does: "Describes an audio track and no video.",
    hooks: () => ({
      sdp: (body) => body.replace(/m=video[\s\S]*?(?=m=audio|$)/, ""),
    }),
  },
  {
    name: "audio-pushed",
    does: "Sends audio on a channel that nobody asked for.",
    hooks: () => ({ pushesAudio: true }),
  },
  {
    name: "unsupported-codec",
    does: "Describes its video as JPEG.",
    hooks: () => ({
      sdp: (body) =>
        body
          .replace("RTP/AVP 96", "RTP/AVP 26")
          .replace(/a=rtpmap:96 .*/, "a=rtpmap:26 JPEG/90000")
          .replace(/a=fmtp:96 .*\r\n/, ""),
    }),
  },
  closesEvery(60),
  closesEvery(10),
  {
    name: "clock-1970",
    does: "Believes that it was switched on at the start of 1970.",
    hooks: () => ({ wallMs: (_, sinceStartMs) => sinceStartMs }),
  },
  {
    name: "clock-day-off",
    does: "Has a clock that is a day behind.",
    hooks: () => ({ wallMs: (wallMs) => wallMs - DAY_MS }),
  },
];
