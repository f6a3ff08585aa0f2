import { createReadStream } from "node:fs";
import { appendFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type CameraId, cameraId, GAP_CAUSES, type Instant, TRACKS } from "@overt/core";
import { z } from "zod";
import { InstantMs } from "@overt/link";
import { isFull } from "./schema.ts";

const FILE = "gaps.log";
/** Two files of this size hold months of a large recorder. */
const TURN_BYTES = 64 * 2 ** 20;
const WAITING_LIMIT = 2 ** 20;

const Line = z.object({
  camera: z.string().transform(cameraId),
  track: z.enum(TRACKS as [string, ...string[]]).transform((track) => track as (typeof TRACKS)[number]),
  at: InstantMs,
  /** `null`: the gap ends. */
  cause: z.enum(GAP_CAUSES).nullable(),
});
export type GapEvent = z.infer<typeof Line>;

/**
 * What of gaps is in no pack, once more beside the index: so that an index that is rebuilt knows why nothing is there.
 * Written after the commit and not synced: it counts only when the index is lost.
 */
export class GapJournal {
  readonly #path: string;
  #lines = "";

  constructor(directory: string) {
    this.#path = join(directory, FILE);
  }

  note(camera: CameraId, track: GapEvent["track"], at: Instant, cause: GapEvent["cause"]): void {
    this.#lines += `${JSON.stringify({ camera, track, at, cause })}\n`;
  }

  /** On a full disk it is put off. */
  async flush(): Promise<void> {
    if (this.#lines === "") return;
    try {
      // An empty line first: the last one may have been cut.
      await appendFile(this.#path, `\n${this.#lines}`);
    } catch (thrown) {
      if (!isFull(thrown) || this.#lines.length > WAITING_LIMIT) throw thrown;
      return;
    }
    this.#lines = "";
    if ((await stat(this.#path)).size > TURN_BYTES) await rename(this.#path, `${this.#path}.1`);
  }

  /** What was noted, oldest first. A line that power cut is left out. */
  async *events(): AsyncGenerator<GapEvent> {
    for (const path of [`${this.#path}.1`, this.#path]) {
      if (
        !(await stat(path).then(
          () => true,
          () => false,
        ))
      )
        continue;
      for await (const text of createInterface({ input: createReadStream(path) })) {
        const line = Line.safeParse(parsed(text));
        if (line.success) yield line.data;
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
