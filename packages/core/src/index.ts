export * from "./bytes.ts";
export * from "./errors.ts";
export * from "./gaps.ts";
export * from "./ids.ts";
export * from "./time.ts";
