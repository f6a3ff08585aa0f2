export * from "./console.ts";
export * from "./frames.ts";
export * from "./picture.ts";
export * from "./power.ts";
export * from "./recorder.ts";
export * from "./status.ts";
export * from "./demo.ts";
