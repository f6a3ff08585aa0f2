import { ID_PATTERN, siteId } from "@overt/core";
import { z } from "zod";
import { InstantMs } from "./status.ts";

/** A power cut that the demo is asked to play. */
export const DemoOutageRequest = z.strictObject({
  site: z.string().regex(ID_PATTERN, "no site id").transform(siteId),
  seconds: z.number().int().min(5).max(3_600).default(90),
  /** How long the recorder's battery lasts; the cameras have none. */
  batterySeconds: z.number().int().min(1).max(3_600).default(20),
});
export type DemoOutageRequest = z.infer<typeof DemoOutageRequest>;

/**
 * What the demo's power does. `on_battery`: the cameras are dark, the recorder goes on; `off`: all is dark; `starting`:
 * power is back and the machines boot.
 */
export const DemoOutage = z.object({
  site: z.string().regex(ID_PATTERN, "no site id").transform(siteId),
  phase: z.enum(["on_line", "on_battery", "off", "starting"]),
  since: InstantMs.nullable(),
  /** When power is to come back. */
  until: InstantMs.nullable(),
});
export type DemoOutage = z.infer<typeof DemoOutage>;
