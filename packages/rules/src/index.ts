export * from "./canonical.ts";
export * from "./period.ts";
export * from "./permit.ts";
export * from "./roster.ts";
export * from "./signed.ts";
export * from "./time-statement.ts";
export * from "./trusted-time.ts";
