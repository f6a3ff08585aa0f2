import { setTimeout as wait } from "node:timers/promises";
import { askSwitch } from "@overt/control/demo/switch";
import { OvertError } from "@overt/core";
import { type DemoOutage, DemoOutageRequest } from "@overt/link";
import type { Output } from "../output.ts";

export interface SimOutageOptions {
  readonly site: string;
  readonly seconds: number;
  readonly battery: number;
  readonly data: string;
}

const LOOK_EVERY_MS = 500;

const WORDS: Readonly<Record<DemoOutage["phase"], string>> = {
  on_line: "Power is back, and everything runs.",
  on_battery: "The cameras are dark; the recorder runs on its battery.",
  off: "The battery is empty: the recorder is off, too.",
  starting: "Power is back: cameras and recorder start.",
};

/** `overt sim outage`: takes the power of a running demo's site away, and waits until it is back. */
export async function simOutage({ site, seconds, battery, data }: SimOutageOptions, output: Output): Promise<void> {
  const request = DemoOutageRequest.safeParse({ site, seconds, batterySeconds: battery });
  if (!request.success) {
    const [issue] = request.error.issues;
    throw new OvertError("OUTAGE_INVALID", `This is no outage (${issue?.path.join(".")}: ${issue?.message}).`, {
      hint: "Say --seconds from 5 to 3600 and --battery from 1 to 3600.",
    });
  }
  const socket = demoSocket(data);
  const began = Date.now();
  let state = await askSwitch(socket, request.data);
  let told: DemoOutage["phase"] | null = null;
  while (state.phase !== "on_line") {
    if (state.phase !== told) output.say(`${elapsed(began)} ${WORDS[state.phase]}`);
    told = state.phase;
    await wait(LOOK_EVERY_MS);
    state = await askSwitch(socket, null);
  }
  output.result({ site, seconds: (Date.now() - began) / 1_000 }, `${elapsed(began)} ${WORDS.on_line}`);
}

export const demoSocket = (data: string): string => `${data}/demo.sock`;

const elapsed = (since: number): string => `${String(Math.round((Date.now() - since) / 1_000)).padStart(4)} s:`;
