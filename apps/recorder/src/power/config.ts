import { instant, minutes, parseIso } from "@overt/core";
import {
  isPlannedCut,
  type PlannedCut,
  POWER_LADDER,
  POWER_THRESHOLDS,
  type PowerThresholds,
  WEEKDAYS,
} from "@overt/rules";
import { z } from "zod";
import { TlsConfig } from "../tls-config.ts";

const Ups = z.strictObject({
  /** What people call it. */
  name: z.string().min(1).max(60),
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(3493),
  /** As `upsd` knows it. */
  upsName: z.string().min(1).max(128),
  /** What it carries: a UPS of cameras alone never ends the recorder. */
  feeds: z.enum(["recorder", "cameras"]).default("recorder"),
  username: z.string().max(128).optional(),
  password: z.string().max(512).optional(),
  /** Given: the link must be encrypted. */
  tls: TlsConfig.optional(),
});

const Time = z.string().transform((text, context): number => {
  const [, hour = "", minute = ""] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hour !== "" && Number(hour) <= 24 && Number(minute) < 60) return (Number(hour) * 60 + Number(minute)) % 1440;
  context.addIssue({ code: "custom", message: "Write a time of day like 18:30." });
  return z.NEVER;
});

const Moment = z.string().transform((text, context) => {
  try {
    return parseIso(text);
  } catch (thrown) {
    context.addIssue({ code: "custom", message: (thrown as Error).message });
    return z.NEVER;
  }
});

const Zone = z.string().refine((zone) => {
  try {
    return isPlannedCut([{ days: [...WEEKDAYS], fromMinute: 0, toMinute: 0, zone }], instant(0));
  } catch {
    return false;
  }
}, "No such time zone. Write one like Africa/Lagos, or UTC.");

const Planned = z
  .union([
    z.strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1), from: Time, to: Time, zone: Zone.default("UTC") }),
    z.strictObject({ from: Moment, to: Moment }),
  ])
  .transform((cut): PlannedCut => {
    if ("days" in cut) return { days: cut.days, fromMinute: cut.from, toMinute: cut.to, zone: cut.zone };
    return cut;
  });

const minutesLeft = z
  .number()
  .min(0)
  .max(24 * 60)
  .optional();

const Thresholds = z
  .strictObject({
    displays: minutesLeft,
    infrared: minutesLeft,
    frame_rate: minutesLeft,
    live_view: minutesLeft,
    anonymised: minutesLeft,
    original: minutesLeft,
  })
  .prefault({})
  .transform((given): PowerThresholds => {
    const each = POWER_LADDER.map((rung) => [
      rung,
      given[rung] === undefined ? POWER_THRESHOLDS[rung] : minutes(given[rung]),
    ]);
    return Object.fromEntries(each) as PowerThresholds;
  })
  .refine(
    (all) =>
      POWER_LADDER.every(
        (rung, i) => i === 0 || all[rung] <= all[POWER_LADDER[i - 1] as (typeof POWER_LADDER)[number]],
      ),
    `Each of ${POWER_LADDER.join(", ")} is given up with no more minutes left than the one before it.`,
  );

/** What the recorder knows of its power, and what it does without it. */
export const PowerConfig = z.strictObject({
  ups: z.array(Ups).min(1).max(16),
  /** Cuts that are on the calendar: weekly by local or UTC time, or once. */
  planned: z.array(Planned).max(1_000).default([]),
  /** How long a full battery is planned to last. */
  batteryMinutes: z.number().positive().optional(),
  /** Minutes left at which each is given up; 0 leaves it until the end. */
  thresholds: Thresholds.prefault({}),
  pollSeconds: z.number().min(1).max(10).default(5),
});
export type PowerConfig = z.infer<typeof PowerConfig>;
