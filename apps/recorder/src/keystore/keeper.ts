import { writeSync } from "node:fs";
import { asOvertError, type Instant, instant, OvertError } from "@overt/core";
import type { Frame } from "@overt/link";
import { parentPeer } from "../process/child.ts";
import { PeriodKeys } from "./keys.ts";
import type { KeeperQuestion, PlacesAnswer } from "./messages.ts";

/** The process that holds the period keys. Killed, it loses nothing: each key is durable before it is handed out. */
const LOOK_MS = 1_000;
const REJOIN_MS = 10_000;

let keys: PeriodKeys | null = null;
/** Trusted time as last told, and when; `null` while it is in doubt: then nothing is destroyed. */
let time: { at: Instant; toldAt: number } | null | undefined;

const peer = parentPeer(() => process.exit(0));
peer.onFrame((frame) => {
  answer(frame).catch((thrown: unknown) => peer.refuse(frame, thrown));
});

async function answer(frame: Frame): Promise<void> {
  const question = frame.head as KeeperQuestion;
  switch (question.op) {
    case "open":
      keys = await PeriodKeys.open(question.places);
      setInterval(() => void look().catch(giveUp), LOOK_MS);
      setInterval(() => void rejoin().catch(giveUp), REJOIN_MS);
      peer.answer(frame, placesOf(keys));
      break;
    case "ensure": {
      const key = await opened().ensure(question.camera, question.periodStart, question.expiry);
      peer.answer(frame, {}, [key]);
      break;
    }
    case "get": {
      const found = opened().get(question.camera, question.periodStart);
      if (found.state === "live") peer.answer(frame, { state: "live", expiry: found.expiry }, [...found.keys]);
      else peer.answer(frame, { state: found.state });
      break;
    }
    case "destroy":
      await opened().destroy(question.camera, question.periodStart, question.expiry);
      peer.answer(frame);
      break;
    case "time":
      time = question.trustedNow === null ? null : { at: question.trustedNow, toldAt: performance.now() };
      await look();
      peer.answer(frame, placesOf(opened()));
      break;
  }
}

function opened(): PeriodKeys {
  if (!keys) throw new OvertError("KEYS_ABSENT", "The key store is not open.");
  return keys;
}

const placesOf = (of: PeriodKeys): PlacesAnswer => ({ places: of.places(), awaySince: of.awaySince });

async function look(): Promise<void> {
  // Before it is told the time, it knows of no doubt either.
  if (!keys || time === undefined) return;
  const now = time && instant(time.at + performance.now() - time.toldAt);
  await keys.time(now);
  if (now === null) return;
  const destroyed = await keys.destroyExpired(now);
  if (destroyed.length > 0) peer.send({ destroyed });
}

async function rejoin(): Promise<void> {
  if (keys?.places().some(({ problem }) => problem)) await keys.rejoin();
}

// A terminal's or systemd's signal goes to the whole group. The recorder decides when its keeper ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

function giveUp(thrown: unknown): void {
  writeSync(2, `key keeper: ${asOvertError(thrown).toString()}\n`);
  process.exit(1);
}
