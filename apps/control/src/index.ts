export { ControlOptions } from "./options.ts";
export { type Control, startControl } from "./start.ts";
