import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { asOvertError, OvertError } from "@overt/core";
import type { Frame } from "@overt/link";
import { Peer } from "../process/peer.ts";
import { Intake } from "./intake.ts";
import { FULL_CODE, GAVE_UP_CODE, type StoreMessage, type StoreQuestion } from "./messages.ts";
import { isCorrupt, isFull } from "./schema.ts";
import { Store, type StoreEvents } from "./store.ts";

/**
 * The process that owns one volume. Nothing else touches its files: a hung disk hangs this process alone. It gives up
 * at the first failure that it cannot explain, since a new start looks at what the disk holds.
 */
let store: Store | null = null;
/** More than a socket holds by default. */
const READ_BYTES = 256 * 1024;

const intake = new Intake((frame, release) => {
  answer(frame)
    .catch((thrown: unknown) => {
      if (isCorrupt(thrown)) giveUp(thrown);
      else peer.refuse(frame, thrown);
    })
    .finally(release);
});

/** As `parentPeer`, but read into one buffer: see `Intake`. */
const socket = new Socket({
  fd: 3,
  readable: true,
  writable: true,
  onread: {
    buffer: new Uint8Array(READ_BYTES),
    callback: (bytes, buffer) => {
      intake.push(buffer.subarray(0, bytes));
      return true;
    },
  },
});
const peer = new Peer(socket, () => {
  // The recorder is gone. What it handed over is as good as any.
  if (store) store.close(false).then(() => process.exit(0), giveUp);
  else process.exit(0);
});

const say = (message: StoreMessage): void => peer.send(message);
const events: StoreEvents = {
  failed: giveUp,
  evicted: (periods) => say({ message: "evicted", periods }),
  found: (finding) => say({ message: "found", finding }),
  listed: () => say({ message: "listed" }),
};

async function answer(frame: Frame): Promise<void> {
  const question = frame.head as StoreQuestion;
  if (question.op === "open") {
    store = await Store.open(question.options, events);
    const { identity, lastAt, lastAlive } = store;
    peer.answer(frame, { store: identity.store, lastAt, lastAlive });
    return;
  }
  if (question.op === "beat") {
    store?.beat(question.now);
    return;
  }
  if (question.op === "keep") {
    store?.keep(question.rules).catch(giveUp);
    return;
  }
  if (!store) throw new OvertError("STORE_CLOSED", "This store is not open.");
  switch (question.op) {
    case "append":
      await store.append(frame.body, question.retentionClass);
      peer.answer(frame);
      break;
    case "gap_open":
      await store.openGap(question.camera, question.track, question.at, question.cause);
      peer.answer(frame);
      break;
    case "gap_close":
      await store.closeGap(question.camera, question.track, question.at);
      peer.answer(frame);
      break;
    case "gaps_lasting":
      peer.answer(frame, { gaps: store.lastingGaps() });
      break;
    case "timeline": {
      const { camera, track, from, to } = question;
      peer.answer(frame, { timeline: store.timeline(camera, track, from, to) });
      break;
    }
    case "plan": {
      const { camera, track, from, to, since } = question;
      peer.answer(frame, store.plan(camera, track, from, to, since));
      break;
    }
    case "read": {
      const records = await store.read(question.places);
      peer.answer(frame, { bytes: records.map(({ length }) => length) }, records);
      break;
    }
    case "space":
      peer.answer(frame, await store.space());
      break;
    case "hold":
      peer.answer(frame, { hold: await store.hold(question.hold) });
      break;
    case "release":
      store.release(question.id);
      peer.answer(frame);
      break;
    case "holds":
      peer.answer(frame, { holds: store.holds() });
      break;
    case "periods":
      peer.answer(frame, { periods: store.periods() });
      break;
    case "expire":
      await store.expire(question.periods);
      peer.answer(frame);
      break;
    case "close": {
      const closing = store;
      store = null;
      closing.beat(question.now);
      await closing.close(true);
      peer.answer(frame);
      peer.end();
      break;
    }
  }
}

// A terminal's or systemd's signal goes to the whole group. The recorder decides: it closes the store, or it is gone.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

function giveUp(thrown: unknown): void {
  if (isCorrupt(thrown)) store?.setIndexAside();
  const error = asOvertError(thrown);
  // Synchronous: the process ends before a pipe would have been written to.
  writeSync(2, `store writer: ${error.toString()}\n`);
  process.exit(isFull(thrown) ? FULL_CODE : GAVE_UP_CODE);
}
