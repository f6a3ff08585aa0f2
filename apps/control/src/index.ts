export { type Control, startControl } from "./start.ts";
export { ControlOptions } from "./options.ts";
