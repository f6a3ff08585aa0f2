export * from "./receiver.ts";
export * from "./rtcp.ts";
export { emptyRtpHeader, readRtpHeader, type RtpHeader } from "./packet.ts";
export type { ClockStep } from "./sender-clock.ts";
export type { Tolerance } from "./tally.ts";
