import { rename } from "node:fs/promises";
import type { GapCause, Track } from "@overt/core";
import { STORE_LIMITS } from "@overt/recorder/store/limits";
import type { Town } from "../../tests/town/town.ts";
import type { Cameras } from "../ingest/cameras.ts";
import { familyOf } from "../ingest/usage.ts";
import type { Volume } from "./volume.ts";

/** What faults are done to. */
export interface Scene {
  readonly town: Town;
  readonly cameras: Cameras;
  readonly volume: Volume;
  /** Permit files, by the camera's place. */
  readonly permits: readonly string[];
  readonly retentionMs: number;
  /** Processes that were killed, or end because another was: nobody wonders where they are. */
  readonly killed: Set<number>;
  /** Resolves early when the soak is to end. */
  readonly pause: (ms: number) => Promise<void>;
}

export interface FaultKind {
  readonly name: string;
  /** How often it comes, against the others. */
  readonly weight: number;
  /** Of one camera, or of all of them: then no other such is there at the same time. */
  readonly of: "camera" | "all";
  readonly kills?: true;
  readonly causes: Readonly<Record<Track, readonly GapCause[]>>;
  readonly reachesBackMs?: (scene: Scene) => number;
  readonly lingersMs?: number;
  readonly longestMs: number;
  /** Does it, keeps it up for `lengthMs`, and undoes it. */
  readonly act: (scene: Scene, camera: number, lengthMs: number) => Promise<void>;
}

const both = (...causes: GapCause[]): Record<Track, readonly GapCause[]> => ({ original: causes, anonymised: causes });
const NONE = both();
/** Keys are made anew. Pictures wait for them for some seconds; on a machine that is busy with other things they may come late. */
const LATE_KEYS: GapCause = "process_down";
const AWAY = both("camera_silent", "camera_unreachable");

/** A camera that has these faults one after the other: what it does to new connections shows only after a cut. */
const camera = (name: string, ...faults: string[][]): FaultKind => ({
  ...{ name, weight: 10, of: "camera", causes: AWAY, longestMs: 20_000 },
  async act({ cameras, pause }, which, lengthMs) {
    try {
      for (const each of faults) await cameras.setFaults(which, each);
      await pause(lengthMs);
    } finally {
      await cameras.setFaults(which, []);
    }
  },
});

const clock = (name: string, fault: string): FaultKind => ({ ...camera(name, [fault]), weight: 5, causes: NONE });

const killOf = (name: string, title: string): FaultKind => ({
  ...{ name, weight: 3, of: "all", kills: true, longestMs: 0 },
  // An anonymiser that has to begin anew is blank meanwhile.
  causes: { original: [], anonymised: ["process_down", "relearning"] },
  async act({ town, killed }) {
    const victim = town.processes().find((each) => each.title.startsWith(title));
    if (!victim) return;
    killed.add(victim.pid);
    process.kill(victim.pid, "SIGKILL");
  },
});

const down = (name: string, kill: (town: Town) => void): FaultKind => ({
  ...{ name, weight: 1, of: "all", kills: true, longestMs: 0 },
  causes: both("recorder_down", LATE_KEYS),
  async act({ town, killed, pause }) {
    const root = town.recorder.pid;
    if (root === null) return;
    for (const pid of familyOf(root)) killed.add(pid);
    kill(town);
    // Its next run begins; children of the last one may have been made since we looked.
    await pause(10_000);
  },
});

export const FAULTS: readonly FaultKind[] = [
  camera("stops", ["power-off"]),
  { ...camera("is cut off and back", ["power-off"]), longestMs: 100 },
  // A keep-alive that it swallowed meanwhile is missed when the session's minute is over.
  { ...camera("goes silent, connection half open", ["freeze"]), lingersMs: 60_000 },
  camera("says nothing to new connections", ["power-off"], ["silent-after-accept"]),
  camera("sends garbage", ["power-off"], ["garbage"]),
  clock("clock of 1970", "clock-1970"),
  clock("clock a day behind", "clock-day-off"),
  {
    ...{
      name: "permit withdrawn and back",
      weight: 6,
      of: "camera",
      causes: both("no_permit", LATE_KEYS),
      longestMs: 15_000,
    },
    async act({ permits, pause }, which, lengthMs) {
      const file = permits[which] as string;
      await rename(file, `${file}.withdrawn`);
      await pause(3_000 + lengthMs);
      await rename(`${file}.withdrawn`, file);
    },
  },
  {
    ...{ name: "writer stopped for some seconds", weight: 3, of: "all", longestMs: 8_000 },
    causes: { original: ["disk_slow"], anonymised: ["disk_slow", "relearning"] },
    async act({ town, pause }, _, lengthMs) {
      const writer = town.processes().find(({ title }) => title.startsWith("overt-store"));
      if (!writer) return;
      process.kill(writer.pid, "SIGSTOP");
      await pause(lengthMs);
      process.kill(writer.pid, "SIGCONT");
    },
  },
  {
    ...{ name: "disk nearly full", weight: 1, of: "all", causes: both("disk_full", LATE_KEYS), longestMs: 20_000 },
    reachesBackMs: ({ retentionMs }) => retentionMs,
    async act({ volume, pause }, _, lengthMs) {
      if (!volume.fillable) return;
      volume.fill(STORE_LIMITS.reserveBytes * 0.7);
      await pause(lengthMs);
      volume.empty();
    },
  },
  killOf("kill -9 of the writer", "overt-store"),
  killOf("kill -9 of the key store", "overt-keeper"),
  killOf("kill -9 of the anonymiser", "overt-anonymiser"),
  down("kill -9 of the recorder", (town) => process.kill(town.recorder.pid as number, "SIGKILL")),
  down("kill -9 of everything", (town) => town.killAll()),
];
