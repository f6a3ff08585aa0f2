export { ChunkPool } from "./chunk-pool.ts";
export { type CameraOffset, CaptureClock } from "./clock.ts";
export { emptyRtpHeader, readRtpHeader, type RtpHeader } from "./packet.ts";
export { type AccessUnit, type Loss, VideoReceiver, type VideoReceiverOptions } from "./receiver.ts";
export * from "./rtcp.ts";
export type { ClockStep } from "./sender-clock.ts";
export type { Tolerance } from "./tally.ts";
