import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { asOvertError, OvertError } from "@overt/core";
import type { CameraOptions, SimCamera } from "./camera.ts";
import { startCamera } from "./camera.ts";

/**
 * Cameras as a process: `node main.ts CONFIG`, where the file holds `{"cameras": [CameraOptions…]}`.
 * Prints one line of JSON when all answer, or why they do not. Afterwards each line of JSON on standard input,
 * `{"camera": NAME, "faults": [NAME…]}` or `{"camera": NAME}`, sets faults or asks, and is answered by one
 * with the camera's statistics. Ends with SIGTERM, or with the process that forked it.
 */
async function main(path: string | undefined): Promise<void> {
  if (path === undefined)
    throw new OvertError("SIM_OPTION", "No configuration was given.", { hint: "Run it as: node main.ts CONFIG.json" });
  const config: { cameras: CameraOptions[] } = JSON.parse(await readFile(path, "utf8"));
  const cameras = await Promise.all(config.cameras.map(startCamera));
  const urls = cameras.map((camera) => ({ name: camera.name, main: camera.url("main"), sub: camera.url("sub") }));
  print({ ready: true, cameras: urls });
  for await (const line of createInterface({ input: process.stdin })) print(await obey(cameras, line));
}

async function obey(cameras: readonly SimCamera[], line: string): Promise<object> {
  try {
    const order: { camera: string; faults?: string[] } = JSON.parse(line);
    const camera = cameras.find(({ name }) => name === order.camera);
    if (!camera) throw new OvertError("SIM_OPTION", `There is no camera "${order.camera}".`);
    if (order.faults) await camera.setFault(order.faults);
    return { camera: camera.name, ...camera.stats() };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): object {
  const { code, message, hint } = asOvertError(error);
  return { code, message, hint };
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

process.once("SIGTERM", () => process.exit(0));
process.once("disconnect", () => process.exit(0));
main(process.argv[2]).catch((error: unknown) => {
  print({ ready: false, ...failure(error) });
  process.exitCode = 1;
});
