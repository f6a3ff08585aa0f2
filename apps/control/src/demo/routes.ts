import { DemoOutage, DemoOutageRequest } from "@overt/link";
import type { App } from "../http/app.ts";
import { ProblemBody } from "../http/problems.ts";
import { askSwitch } from "./switch.ts";

/** The demo's plug. Nowhere else is there anything behind it. */
export function demoRoutes(app: App, { socket }: { socket: string }): void {
  app.get(
    "/api/demo/outage",
    { schema: { summary: "What the power of the demo's site does.", response: { 200: DemoOutage, 401: ProblemBody } } },
    () => askSwitch(socket, null),
  );
  app.post(
    "/api/demo/outage",
    {
      schema: {
        summary: "Takes the power of the demo's site away for some seconds.",
        body: DemoOutageRequest,
        response: { 202: DemoOutage, 401: ProblemBody, 409: ProblemBody },
      },
    },
    async (request, reply) => reply.code(202).send(await askSwitch(socket, request.body)),
  );
}
