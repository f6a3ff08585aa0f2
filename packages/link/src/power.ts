import { ID_PATTERN, siteId, instant } from "@overt/core";
import { z } from "zod";

const At = z.number().transform(instant);

/** Where a site's or a UPS's power comes from. `unknown`: no UPS says. */
export const SupplyText = z.enum(["on_line", "on_battery", "low", "forced_shutdown", "unknown"]);

/** As `Outage` of `@overt/rules`. */
export const OutageStatus = z.object({
  site: z.string().regex(ID_PATTERN, "no site id").transform(siteId),
  start: At,
  /** Null while it lasts. */
  end: At.nullable(),
  /** It began inside a cut that is on the calendar. */
  planned: z.boolean(),
  /** No UPS said so: the machine started anew without having been ended in order. */
  presumed: z.boolean(),
  /** Null: the recorder ran through it. */
  closedCleanly: z.boolean().nullable(),
  /** Not recorded because of it, summed over the site's cameras; null until counted. */
  lostMs: z.object({ original: z.number(), anonymised: z.number() }).nullable(),
  battery: z.object({ fromPercent: z.number(), toPercent: z.number(), lastedMs: z.number() }).nullable(),
});

export const UpsStatus = z.object({
  name: z.string(),
  /** Whether it carries the recorder, or only cameras and switches. */
  feeds: z.enum(["recorder", "cameras"]),
  supply: SupplyText,
  /** `on_line`, `replace_battery`, …: all that hold. */
  states: z.array(z.string()),
  since: At,
  chargePercent: z.number().nullable(),
  runtimeMs: z.number().nullable(),
  loadPercent: z.number().nullable(),
  inputVolts: z.number().nullable(),
  /** Why it cannot be asked, or why its primary does not wait for us. */
  problem: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
});

/** What a site's recorder knows of its power. */
export const PowerStatus = z.object({
  /** False: no UPS is configured, so that nothing but presumed outages are known. */
  watched: z.boolean(),
  supply: SupplyText,
  since: At.nullable(),
  ups: z.array(UpsStatus),
  /** How many rungs of the ladder are given up, and which: consoles and cameras follow the first two themselves. */
  step: z.number().int().min(0),
  shed: z.array(z.enum(["displays", "infrared", "frame_rate", "live_view", "anonymised", "original"])),
  /** Until the battery could carry an orderly stop; 0 is now, null is not known or not charging. */
  safeStopInMs: z.number().nullable(),
  /** The newest first; the one that lasts among them. */
  outages: z.array(OutageStatus),
  problems: z.array(
    z.object({
      severity: z.enum(["high", "medium"]),
      code: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
    }),
  ),
});
export type PowerStatus = z.infer<typeof PowerStatus>;

/** Of a recorder without a UPS, or of one that is older than this. */
export const POWER_UNKNOWN: PowerStatus = {
  watched: false,
  supply: "unknown",
  since: null,
  ups: [],
  step: 0,
  shed: [],
  safeStopInMs: null,
  outages: [],
  problems: [],
};
