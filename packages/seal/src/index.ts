export * from "./crc32c.ts";
export * from "./envelope-record.ts";
export * from "./fragment.ts";
export * from "./header.ts";
export * from "./record.ts";
export * from "./statement.ts";
