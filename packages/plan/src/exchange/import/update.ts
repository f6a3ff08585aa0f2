import { CAMERA_FIELDS, type CameraKey, type PlanCamera } from "../record/camera.ts";
import { sameSource } from "../record/source.ts";
import type { ImportedRow } from "./dry-run.ts";

/** What an import does to the cameras that are there (P3): it changes those that it names again and adds the others. */
export interface Update {
  readonly cameras: readonly PlanCamera[];
  readonly added: readonly number[];
  readonly changed: readonly ChangedRow[];
  readonly unchanged: readonly number[];
  /** Rows whose name several cameras have: neither changed nor added. */
  readonly unclear: readonly number[];
}

export interface ChangedRow {
  readonly row: number;
  /** Which camera, by its place among those that were there. */
  readonly index: number;
  readonly by: "id" | "number" | "name";
  readonly fields: readonly (CameraKey | "at" | "more")[];
}

/** A row links to a camera by its id, else its number, else its name. What it does not say stays as it was. */
export function updateCameras(existing: readonly PlanCamera[], rows: readonly ImportedRow[]): Update {
  const links = new Links(existing);
  const cameras = [...existing];
  const [added, unchanged, unclear, changed] = [[] as number[], [] as number[], [] as number[], [] as ChangedRow[]];
  for (const { row, camera } of rows) {
    const link = links.find(camera);
    if (link === "several") unclear.push(row);
    else if (!link) {
      added.push(row);
      cameras.push(camera);
    } else {
      const { camera: next, fields } = updated(cameras[link.index]!, camera);
      cameras[link.index] = next;
      if (fields.length === 0) unchanged.push(row);
      else changed.push({ row, ...link, fields });
    }
  }
  return { cameras, added, changed, unchanged, unclear };
}

/** A number as people compare it: `0412`, `412` and ` 412 ` are one. */
export const plainNumber = (number: string): string =>
  number
    .trim()
    .toLowerCase()
    .replace(/^0+(?=\d)/, "");

const LINKS = ["id", "number", "name"] as const;

class Links {
  readonly #by = LINKS.map(() => new Map<string, number[]>());

  constructor(cameras: readonly PlanCamera[]) {
    cameras.forEach((camera, index) => {
      LINKS.forEach((key, i) => {
        const name = nameOf(camera, key);
        if (name === null) return;
        const there = this.#by[i]!.get(name);
        if (there) there.push(index);
        else this.#by[i]!.set(name, [index]);
      });
    });
  }

  find(camera: PlanCamera): { index: number; by: (typeof LINKS)[number] } | "several" | null {
    for (const [i, key] of LINKS.entries()) {
      const name = nameOf(camera, key);
      const found = name === null ? undefined : this.#by[i]!.get(name);
      if (found) return found.length > 1 ? "several" : { index: found[0]!, by: key };
      // A camera with a number of its own is not the other one of the same name.
      if (key === "number" && name !== null) return null;
    }
    return null;
  }
}

function nameOf(camera: PlanCamera, key: (typeof LINKS)[number]): string | null {
  const name = camera[key];
  if (name === null) return null;
  return key === "number" ? plainNumber(name) : name.trim().toLowerCase();
}

const KEYS = (Object.keys(CAMERA_FIELDS) as CameraKey[]).filter((key) => key !== "sources");

function updated(old: PlanCamera, row: PlanCamera): { camera: PlanCamera; fields: ChangedRow["fields"] } {
  const fields: (CameraKey | "at" | "more")[] = [];
  const next: Record<string, unknown> = { ...old };
  for (const key of KEYS) {
    if (!says(row, key) || same(row[key], old[key])) continue;
    next[key] = row[key];
    fields.push(key);
  }
  if (row.at && !same(row.at, old.at)) {
    next.at = row.at;
    fields.push("at");
  }
  const more = { ...old.more, ...row.more };
  if (!same(more, old.more)) {
    next.more = more;
    fields.push("more");
  }
  // The row's file is named once, by the row that it now has there.
  const kept = old.sources.filter(
    (source) => !row.sources.some((mine) => sameSource({ ...mine, row: source.row }, source)),
  );
  next.sources = [...kept, ...row.sources];
  return { camera: next as unknown as PlanCamera, fields };
}

/** Whether a record knows something there: a blank is no news. */
export function says(camera: PlanCamera, key: CameraKey): boolean {
  const value = camera[key];
  const { blank } = CAMERA_FIELDS[key];
  return value !== blank && !(Array.isArray(value) && value.length === 0);
}

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
