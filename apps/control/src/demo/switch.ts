import { request } from "node:http";
import { json } from "node:stream/consumers";
import { OvertError } from "@overt/core";
import { DemoOutage, type DemoOutageRequest, Problem } from "@overt/link";

/**
 * Asks a running demo's switch what the power does, or begins a cut.
 *
 * @param path Its socket. @throws OvertError `DEMO_NOT_RUNNING`, or why the demo refuses
 */
export function askSwitch(path: string, begin: DemoOutageRequest | null): Promise<DemoOutage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: path, path: "/outage", method: begin ? "POST" : "GET" }, (answer) => {
      json(answer).then((body) => {
        if (answer.statusCode === 200 || answer.statusCode === 202) return resolve(DemoOutage.parse(body));
        const { code, message, hint } = Problem.parse(body);
        reject(new OvertError(code, message, hint === null ? {} : { hint }));
      }, reject);
    });
    asked.on("error", (cause) =>
      reject(
        new OvertError("DEMO_NOT_RUNNING", `No demo answers at ${path}.`, {
          hint: "Start it with `npm run demo`, or name its folder with --data.",
          cause,
        }),
      ),
    );
    const body = begin ? JSON.stringify(begin) : "";
    asked.setHeader("content-length", Buffer.byteLength(body));
    asked.end(body);
  });
}
