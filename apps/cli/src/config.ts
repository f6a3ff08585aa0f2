import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ControlOptions } from "@overt/control/options";
import { asOvertError, OvertError } from "@overt/core";
import { CameraConfig, RecorderConfig } from "@overt/recorder/config";
import { parse } from "yaml";
import { z } from "zod";

/** A camera as it stands in the file: its password lies elsewhere. */
const FileCamera = z.strictObject({
  ...CameraConfig.omit({ password: true }).shape,
  /** A file that holds the password alone, readable by the service's user only. */
  passwordFile: z.string().optional(),
  /** Or the name of an environment variable. */
  passwordEnv: z.string().optional(),
});

const { dataDir: _data, recorders: _recorders, demo: _demo, webDir: _web, ...centreShape } = ControlOptions.shape;

export const OvertFile = z.strictObject({
  /** Where everything lies that has no place of its own below. */
  data: z.string(),
  centre: z.strictObject(centreShape).optional(),
  recorder: z
    .strictObject({
      id: RecorderConfig.shape.id,
      site: RecorderConfig.shape.site,
      volumes: RecorderConfig.shape.volumes.optional(),
      /** Two places for period keys, outside the volumes and their backups. */
      keyStores: z.array(z.string()).min(1).max(2),
      overseer: z.string(),
      roster: z.string().nullable().default(null),
      signedTime: z.string().nullable().default(null),
      cameras: z.array(FileCamera),
      anonymiser: RecorderConfig.shape.anonymiser,
      epochMs: RecorderConfig.shape.epochMs,
      logLevel: RecorderConfig.shape.logLevel,
    })
    .optional(),
});

export interface Installation {
  readonly centre: z.input<typeof ControlOptions> | null;
  readonly recorder: z.input<typeof RecorderConfig> | null;
}

/**
 * Reads `overt.yaml`. Paths in it are relative to the file.
 *
 * @throws OvertError `CONFIG_UNREADABLE`, `CONFIG_INVALID` with every member that is wrong, `PASSWORD_MISSING`
 */
export function readInstallation(path: string): Installation {
  const file = parsed(path);
  const at = (relative: string): string => resolve(dirname(path), relative);
  const data = at(file.data);
  const socket = `${data}/recorder.sock`;
  return {
    centre: file.centre && {
      ...file.centre,
      dataDir: `${data}/centre`,
      webDir: webBundle(),
      recorders: file.recorder ? [{ name: file.recorder.id, socketPath: socket }] : [],
    },
    recorder: file.recorder && {
      ...file.recorder,
      socket,
      stateDir: `${data}/recorder`,
      volumes: (file.recorder.volumes ?? [{ name: "footage", path: `${data}/footage` }]).map((volume) => ({
        ...volume,
        path: at(volume.path),
      })),
      keyStores: file.recorder.keyStores.map(at),
      roster: file.recorder.roster === null ? null : at(file.recorder.roster),
      signedTime: file.recorder.signedTime === null ? null : at(file.recorder.signedTime),
      cameras: file.recorder.cameras.map((camera) => withPassword(camera, at)),
    },
  } as Installation;
}

/** The bundle that `npm run build` makes. */
export const webBundle = (): string => resolve(import.meta.dirname, "../../web/dist");

function parsed(path: string): z.output<typeof OvertFile> {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new OvertError("CONFIG_UNREADABLE", `${path} cannot be read: ${asOvertError(cause).message}`, {
      hint: "See docs/operations.md for an example.",
      cause,
    });
  }
  const file = OvertFile.safeParse(content);
  if (file.success) return file.data;
  const faults = file.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`);
  throw new OvertError("CONFIG_INVALID", `${path} is wrong. ${faults.join("; ")}.`, {
    hint: "Correct these members and start again.",
  });
}

function withPassword(
  { passwordFile, passwordEnv, ...camera }: z.output<typeof FileCamera>,
  at: (relative: string) => string,
): z.input<typeof CameraConfig> {
  const password = passwordFile ? secretIn(at(passwordFile), camera.id) : passwordEnv && process.env[passwordEnv];
  if (passwordEnv && password === undefined)
    throw new OvertError("PASSWORD_MISSING", `The password of ${camera.id} is not in the environment.`, {
      hint: `Set ${passwordEnv}, or name a passwordFile.`,
    });
  return { ...camera, permit: at(camera.permit), ...(password ? { password } : {}) };
}

function secretIn(file: string, camera: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new OvertError("PASSWORD_MISSING", `The password file of ${camera} cannot be read.`, {
      hint: `Check ${file} and who may read it.`,
      cause,
    });
  }
}
