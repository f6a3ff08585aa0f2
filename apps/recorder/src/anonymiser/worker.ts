import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { asOvertError } from "@overt/core";
import type { Frame } from "@overt/link";
import { parentPeer } from "../process/child.ts";
import { quietFfmpeg } from "./codec/quiet.ts";
import { PersonDetector } from "./detector/detector.ts";
import { personDetectorModel } from "./detector/model.ts";
import { Lane } from "./lane.ts";
import type { FromWorker, LaneProblem, ToWorker } from "./messages.ts";

/**
 * The anonymiser's process: the only one in which clear decoded pictures exist. Cameras take turns, one picture each,
 * so that none waits for another's backlog.
 */
const lanes = new Map<number, Lane>();
const peer = parentPeer();
const clock = { nowMs: () => performance.now(), cpuMs };
let working = false;

quietFfmpeg();
const detector = loadDetector(process.argv[2] ?? "");
detector.then(
  () => send({ kind: "detector", problem: null }),
  (thrown) => send({ kind: "detector", problem: problemOf(thrown) }),
);
peer.onFrame(receive);

async function loadDetector(cacheDir: string): Promise<PersonDetector> {
  return PersonDetector.load(await personDetectorModel(cacheDir));
}

function receive({ head, body }: Frame): void {
  const message = head as ToWorker;
  switch (message.kind) {
    case "open":
      lanes.get(message.lane)?.close();
      lanes.set(message.lane, openLane(message, body));
      break;
    case "pace":
      lanes.get(message.lane)?.pace(message.mode, message.maxFps);
      break;
    case "picture":
      lanes.get(message.lane)?.push({ at: message.at, key: message.key, accessUnit: body });
      if (!working) void work();
      break;
    case "close":
      lanes.get(message.lane)?.close();
      lanes.delete(message.lane);
      break;
    case "ping":
      send({ kind: "pong", n: message.n });
  }
}

function openLane(message: ToWorker & { kind: "open" }, body: Uint8Array): Lane {
  const { lane, parameterBytes, ...options } = message;
  const ground = body.length > parameterBytes ? body.subarray(parameterBytes) : undefined;
  return new Lane(
    options,
    { parameterSets: body.subarray(0, parameterBytes), ground },
    { detect: async (picture, scale) => (await detector).detect(picture, scale) },
    {
      onPicture: (note, accessUnit) => send({ kind: "picture", lane, ...note }, accessUnit),
      onState: (state, learntShare, problem) => send({ kind: "state", lane, state, learntShare, problem }),
      onGround: (saved) => send({ kind: "ground", lane }, saved),
      onClosed: () => send({ kind: "closed", lane }),
    },
    clock,
  );
}

async function work(): Promise<void> {
  working = true;
  for (let any = true; any; ) {
    any = false;
    for (const lane of [...lanes.values()]) {
      if (lane.waiting === 0) continue;
      any = true;
      await lane.step();
      // Messages must get in between two pictures: new ones, pings, closing.
      await nextTurn();
    }
  }
  working = false;
}

function send(head: FromWorker, body?: Uint8Array): void {
  peer.send(head, body ? [body] : []);
}

/** User and system time of this process: also what the detector uses on its own thread. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function problemOf(thrown: unknown): LaneProblem {
  const { code, message, hint } = asOvertError(thrown, "DETECTOR_FAILED");
  return { code, message, hint: hint ?? null };
}
