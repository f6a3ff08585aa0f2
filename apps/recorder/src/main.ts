/**
 * The recorder's process. Whoever starts it gives the configuration as the first frame on file descriptor 3, since it
 * holds the cameras' passwords, and may ask for its status; when that connection closes, the recorder ends in order.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { asOvertError, OvertError } from "@overt/core";
import type { Frame } from "@overt/link";
import { pino } from "pino";
import { RecorderConfig } from "./config.ts";
import { isHeld, powerReturns } from "./power/held.ts";
import { parentPeer } from "./process/child.ts";
import { type Recorder, startRecorder } from "./recorder.ts";

const log = pino({ name: "recorder" }, pino.destination({ dest: 2, sync: true }));
let recorder: Recorder | null = null;
let waitedForPower = false;
/** What it measures is the distance of two looks, so a loop that is never late shows this much. */
const DELAY_LOOK_MS = 10;
const delay = monitorEventLoopDelay({ resolution: DELAY_LOOK_MS });
delay.enable();

async function end(code: number): Promise<void> {
  await recorder?.close();
  process.exit(code);
}

/** Whoever started us starts us again at once; then we wait for the power before anything is opened. */
const endForPower = (): void => process.exit(0);

const parent = parentPeer(() => void end(0));
parent.onFrame((frame) => {
  if ((frame.head as { status?: boolean }).status) {
    parent.answer(frame, { status: recorder?.status() ?? null, eventLoopDelayP99Ms: delayP99Ms() });
    return;
  }
  start(frame).catch((thrown: unknown) => {
    const error = asOvertError(thrown);
    log.error({ code: error.code, hint: error.hint }, error.message);
    parent.refuse(frame, error);
    // Whoever started us believes that we wait, and would not look again.
    if (waitedForPower) process.exit(1);
  });
});

process.once("SIGTERM", () => void end(0));
process.on("unhandledRejection", (thrown) => {
  // A promise that nobody waits for must not end what a hundred cameras depend on, and must not pass unseen.
  log.error({ err: thrown }, "unhandled rejection");
});

/** Since it was last asked for. */
function delayP99Ms(): number {
  const p99Ms = Math.max(0, delay.percentile(99) / 1e6 - DELAY_LOOK_MS);
  delay.reset();
  return p99Ms;
}

async function start(frame: Frame): Promise<void> {
  const config = RecorderConfig.safeParse((frame.head as { config?: unknown }).config);
  if (!config.success)
    throw new OvertError("CONFIG_INVALID", `The recorder's configuration is wrong: ${config.error.message}`);
  const { power, logLevel } = config.data;
  log.level = logLevel;
  const held = power !== undefined && (await isHeld(config.data));
  if (held) {
    log.info("stopped for want of power: waiting for it to return");
    // The centre must not wait with us.
    parent.answer(frame, { ready: true, waitsForPower: true });
    await powerReturns(power);
    log.info("power has returned");
    waitedForPower = true;
  }
  recorder = await startRecorder(config.data, log, { onPowerOut: endForPower });
  if (!held) parent.answer(frame, { ready: true });
}
