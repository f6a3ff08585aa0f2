export * from "./annex-b.ts";
export * from "./bits.ts";
export * from "./codec-string.ts";
export * from "./format.ts";
export * from "./h264-sps.ts";
export * from "./h265-sps.ts";
export * from "./nal.ts";
export * from "./sps.ts";
