import { cameraId, hours, recorderId, siteId } from "@overt/core";
import { z } from "zod";
import { TlsConfig } from "./tls-config.ts";
import { PowerConfig } from "./power/config.ts";

const Secret = z.string().max(512);

export const CameraConfig = z.strictObject({
  id: z.string().transform(cameraId),
  number: z.number().int().positive(),
  name: z.string().max(120),
  /** Without credentials: `rtsp://host:554/path`, or `rtsps://`. */
  main: z.url({ protocol: /^rtsps?$/ }),
  /** What the anonymiser looks at; without it the main stream is decoded, which costs more. */
  sub: z.url({ protocol: /^rtsps?$/ }).optional(),
  username: z.string().max(128).optional(),
  password: Secret.optional(),
  /** For cameras that speak nothing but UDP; packets may then be lost. */
  transport: z.enum(["tcp", "udp"]).default("tcp"),
  /** Send the password readably when the camera knows nothing better and the link is not encrypted. */
  allowBasic: z.boolean().default(false),
  /** For `rtsps://`: whom to believe. Without it the machine's own authorities are asked. */
  tls: TlsConfig.optional(),
  /** The file with this camera's signed permit. */
  permit: z.string(),
  /** The volume that its footage lies on; without it one is chosen by its id, each volume getting its part. */
  volume: z.string().optional(),
});
export type CameraConfig = z.infer<typeof CameraConfig>;

/** A disk, or a share of one: what fails, fills and is written to by itself. */
const VolumeConfig = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "a volume's name is made of a-z, 0-9 and -")
    .default("footage"),
  path: z.string(),
  /** Memory for footage that waits for this disk; by itself four seconds of each of its cameras, at least 64 MiB. */
  backlogBytes: z
    .number()
    .int()
    .min(2 ** 20)
    .optional(),
});

const Settings = z.strictObject({
  id: z.string().transform(recorderId),
  site: z.string().transform(siteId),
  version: z.string().default("0.1.0"),
  /** Unix socket for the centre. */
  socket: z.string(),
  /** Identity, signing key, learnt ground, converted weights: everything but footage and period keys. */
  stateDir: z.string(),
  volumes: z.array(VolumeConfig).min(1).max(32),
  /** Outside the volumes and outside their backups; two places. */
  keyStores: z.array(z.string()).min(1).max(2),
  /** The overseer's public key, base64url. */
  overseer: z.string(),
  roster: z.string().nullable(),
  /** A file with the overseer's signed word on what time it is, looked at again whenever it changes. */
  signedTime: z.string().nullable().default(null),
  cameras: z.array(CameraConfig).max(1000),
  anonymiser: z
    .strictObject({
      workers: z.number().int().min(0).max(64).optional(),
      budgetMsPerS: z.number().positive().optional(),
    })
    .prefault({}),
  epochMs: z.number().int().min(10_000).max(hours(1)).default(120_000),
  /** Without it power is not known. */
  power: PowerConfig.optional(),
  demoKeys: z.boolean().default(false),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export const RecorderConfig = Settings.superRefine(({ volumes, cameras }, context) => {
  const names = volumes.map(({ name }) => name);
  for (const [i, name] of names.entries())
    if (names.indexOf(name) !== i)
      context.addIssue({ code: "custom", path: ["volumes", i, "name"], message: `two volumes are called "${name}"` });
  for (const [i, { id, volume }] of cameras.entries())
    if (volume !== undefined && !names.includes(volume))
      context.addIssue({
        code: "custom",
        path: ["cameras", i, "volume"],
        message: `there is no volume "${volume}" for ${id}`,
      });
});
export type RecorderConfig = z.infer<typeof RecorderConfig>;
