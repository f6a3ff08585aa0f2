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

const Power = RecorderConfig.shape.power.unwrap();
/** A UPS as it stands in the file. */
const FileUps = z.strictObject({
  ...Power.shape.ups.element.omit({ password: true }).shape,
  passwordFile: z.string().optional(),
  passwordEnv: z.string().optional(),
});
/** The rest of it is read by `powerOf`. */
const FilePower = z.looseObject({ ups: z.array(FileUps).min(1) });

const {
  dataDir: _data,
  recorders: _recorders,
  demo: _demo,
  demoSocket: _switch,
  webDir: _web,
  ...centreShape
} = ControlOptions.shape;

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
      power: FilePower.optional(),
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
  const at: At = (relative) => resolve(dirname(path), relative);
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
      cameras: file.recorder.cameras.map(({ permit, ...camera }) => ({
        ...withPassword(camera.id, camera, at),
        permit: at(permit),
      })),
      ...powerOf(file.recorder.power, at),
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

/** @throws OvertError `CONFIG_INVALID` for what only the recorder's own reading finds, said at the file and not later */
function powerOf(power: z.output<typeof FilePower> | undefined, at: At): object {
  if (!power) return {};
  const whole = { ...power, ups: power.ups.map((ups) => withPassword(ups.name, ups, at)) };
  const read = Power.safeParse(whole);
  if (read.success) return { power: whole };
  const faults = read.error.issues.map(({ path, message }) => `recorder.power.${path.join(".")}: ${message}`);
  throw new OvertError("CONFIG_INVALID", `The power section is wrong. ${faults.join("; ")}.`, {
    hint: "Correct these members and start again.",
  });
}

type At = (relative: string) => string;
interface FilePassword {
  readonly passwordFile?: string | undefined;
  readonly passwordEnv?: string | undefined;
}

/** @param of whose password it is */
function withPassword<T extends FilePassword>(of: string, { passwordFile, passwordEnv, ...rest }: T, at: At) {
  const password = passwordFile ? secretIn(at(passwordFile), of) : passwordEnv && process.env[passwordEnv];
  if (passwordEnv && password === undefined)
    throw new OvertError("PASSWORD_MISSING", `The password of ${of} is not in the environment.`, {
      hint: `Set ${passwordEnv}, or name a passwordFile.`,
    });
  return { ...rest, ...(password ? { password } : {}) };
}

function secretIn(file: string, of: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new OvertError("PASSWORD_MISSING", `The password file of ${of} cannot be read.`, {
      hint: `Check ${file} and who may read it.`,
      cause,
    });
  }
}
