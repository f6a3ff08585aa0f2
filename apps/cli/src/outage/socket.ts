import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { asOvertError, OvertError } from "@overt/core";
import { DemoOutageRequest, type Problem } from "@overt/link";
import type { SitePower } from "./site-power.ts";

const LONGEST_BYTES = 4_096;

/**
 * A running demo's switch: HTTP on a Unix socket that only its user can open. `GET /outage` tells what the power does,
 * `POST /outage` begins a cut.
 */
export async function serveSwitch(path: string, power: SitePower, onError: (error: unknown) => void): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((asked, answer) => {
    const say = (status: number, body: object): void => {
      answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (asked.url !== "/outage") return say(404, problemOf(new OvertError("NOT_FOUND", "There is only /outage.")));
    if (asked.method === "GET") return say(200, power.state);
    if (!(Number(asked.headers["content-length"]) <= LONGEST_BYTES))
      return say(413, problemOf(new OvertError("REQUEST_INVALID", "This is no request for an outage.")));
    json(asked).then(
      (body) => {
        try {
          say(202, power.begin(DemoOutageRequest.parse(body), onError));
        } catch (thrown) {
          say(409, problemOf(asOvertError(thrown, "REQUEST_INVALID")));
        }
      },
      (thrown: unknown) => say(400, problemOf(asOvertError(thrown, "REQUEST_INVALID"))),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

const problemOf = ({ code, message, hint }: OvertError): Problem => ({ code, message, hint: hint ?? null });
