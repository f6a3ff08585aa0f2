import { readFileSync } from "node:fs";
import { asOvertError } from "@overt/core";
import type { CameraOptions } from "./camera.ts";
import { startCamera } from "./camera.ts";

/**
 * Cameras as a process: `node main.ts CONFIG` with `{"cameras": [CameraOptions…]}` as a file, or `-` for
 * standard input. Prints one line of JSON when all answer, and ends with SIGTERM.
 */
async function main(argument: string | undefined): Promise<void> {
  const config: { cameras: CameraOptions[] } = JSON.parse(
    readFileSync(argument === "-" || !argument ? 0 : argument, "utf8"),
  );
  const cameras = await Promise.all(config.cameras.map(startCamera));
  const urls = cameras.map((camera) => ({ name: camera.name, main: camera.url("main"), sub: camera.url("sub") }));
  process.stdout.write(`${JSON.stringify({ ready: true, cameras: urls })}\n`);
  process.once("SIGTERM", () => process.exit(0));
}

main(process.argv[2]).catch((error: unknown) => {
  const { code, message, hint } = asOvertError(error);
  process.stdout.write(`${JSON.stringify({ ready: false, code, message, hint })}\n`);
  process.exit(1);
});
