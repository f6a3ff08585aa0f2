import { type Instant, OvertError } from "@overt/core";
import { CameraIdText, CameraStatus, InstantMs, Problem, RecorderStatus, Timeline } from "@overt/link";
import { z } from "zod";
import type { App } from "../http/app.ts";
import { HttpProblem, ProblemBody } from "../http/problems.ts";
import type { Fleet } from "./fleet.ts";
import type { RecorderLink } from "./link.ts";
import { spanFault } from "./spans.ts";

const Camera = CameraStatus.extend({
  /** False when its recorder cannot be reached: everything else is then as it was last heard. */
  connected: z.boolean(),
  heardAt: InstantMs.nullable(),
});
const Recorder = z.object({
  name: z.string(),
  connected: z.boolean(),
  heardAt: InstantMs.nullable(),
  /** Null until it was heard of for the first time. */
  status: RecorderStatus.nullable(),
  problem: Problem.nullable(),
});
const InstantQuery = z.coerce.number().int().min(0).max(8.64e15).pipe(InstantMs);

export function recorderRoutes(app: App, { fleet }: { fleet: Fleet }): void {
  app.get(
    "/api/cameras",
    {
      schema: {
        summary: "Every camera, as its recorder last told.",
        response: { 200: z.object({ cameras: z.array(Camera) }), 401: ProblemBody },
      },
    },
    async () => ({
      cameras: fleet
        .views()
        .flatMap(({ connected, heardAt, status }) =>
          (status?.cameras ?? []).map((camera) => ({ ...camera, connected, heardAt })),
        ),
    }),
  );

  app.get(
    "/api/recorders",
    {
      schema: {
        summary: "The health of every configured recorder, those never heard of included.",
        response: { 200: z.object({ recorders: z.array(Recorder) }), 401: ProblemBody },
      },
    },
    async () => ({ recorders: fleet.views() }),
  );

  app.get(
    "/api/cameras/:id/timeline",
    {
      schema: {
        summary: "What is recorded of a camera in a span, and the gaps with their causes.",
        params: z.object({ id: CameraIdText }),
        querystring: z.object({ from: InstantQuery, to: InstantQuery }),
        response: { 200: Timeline, 400: ProblemBody, 401: ProblemBody, 404: ProblemBody, 503: ProblemBody },
      },
    },
    async (request) => {
      const { from, to } = request.query;
      const fault = spanFault(from, to);
      if (fault) throw new HttpProblem(400, fault.code, fault.message, { hint: fault.hint ?? "" });
      return timelineOf(fleet.linkOf(request.params.id), request.params.id, from, to);
    },
  );
}

function timelineOf(link: RecorderLink, camera: CameraStatus["id"], from: Instant, to: Instant): Promise<Timeline> {
  return new Promise((resolve, reject) => {
    link.ask(
      { op: "timeline", camera, from, to },
      {
        timeline: resolve,
        done: () => reject(new OvertError("REPLY_INVALID", "The recorder ended a timeline without one.")),
        refused: ({ code, message, hint }) =>
          reject(new HttpProblem(code === "CAMERA_UNKNOWN" ? 404 : 503, code, message, hint === null ? {} : { hint })),
      },
    );
  });
}
