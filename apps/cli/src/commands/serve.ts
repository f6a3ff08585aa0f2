import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { OvertError } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import { type Installation, readInstallation, webBundle } from "../config.ts";
import type { Output } from "../output.ts";
import { keepCompiled, Service } from "../supervise.ts";

export interface Running {
  /** What a person opens; null without a centre. */
  readonly url: string | null;
  /** The one-time link that makes the first account; null when there is one. */
  readonly setupLink: string | null;
  /** The recorder's own word; null without one, or while it is being started again. */
  status(): Promise<RecorderStatus | null>;
  /** Null without one. */
  readonly recorder: Service | null;
  end(): Promise<void>;
}

/** `overt serve --config overt.yaml`: centre, recorder or both, until the process is told to end. */
export async function serve(configPath: string, output: Output): Promise<void> {
  const running = await startInstallation(readInstallation(configPath), output);
  output.result({ ready: running.url, setupLink: running.setupLink }, running.url ? `ready ${running.url}` : "ready");
  if (running.setupLink) output.say(`Create the first account here (the link works once): ${running.setupLink}`);
  await untilTold();
  output.say("Ending: what was taken in is being written.");
  await running.end();
}

/** @throws OvertError what keeps the centre or the recorder from starting; neither is left running then */
export async function startInstallation({ centre, recorder }: Installation, output: Output): Promise<Running> {
  const services: Service[] = [];
  const end = async (): Promise<void> => {
    for (const service of services.splice(0).reverse()) await service.end();
  };
  const onProblem = (error: OvertError): void => output.say(String(error));
  let opened: { url: string; setupLink: string | null; caFingerprint: string | null } | null = null;
  let recording: Service | null = null;
  try {
    if (recorder) {
      mkdirSync(dirname(recorder.socket), { recursive: true, mode: 0o700 });
      keepCompiled(join(recorder.stateDir, "cache", "code"));
      recording = new Service({
        name: "recorder",
        entry: new URL(import.meta.resolve("@overt/recorder/main")),
        config: recorder,
        onProblem,
      });
      services.push(recording);
      await recording.start();
    }
    if (centre) {
      requireBundle();
      const service = new Service({
        name: "centre",
        entry: new URL("../centre-process.ts", import.meta.url),
        config: centre,
        onProblem,
        onStarted: ({ head }) => {
          opened ??= head as NonNullable<typeof opened>;
        },
      });
      services.push(service);
      await service.start();
    }
  } catch (thrown) {
    await end();
    throw thrown;
  }
  const started = opened as { url: string; setupLink: string | null; caFingerprint: string | null } | null;
  if (started?.caFingerprint)
    output.say(`This centre's own certificate authority: ${started.url}ca.crt, SHA-256 ${started.caFingerprint}`);
  return {
    url: started?.url ?? null,
    setupLink: started?.setupLink ?? null,
    recorder: recording,
    status: async () => {
      const answer = await recording?.ask({ status: true }).catch(() => null);
      return (answer?.head as { status: RecorderStatus | null } | undefined)?.status ?? null;
    },
    end,
  };
}

function requireBundle(): void {
  if (existsSync(webBundle())) return;
  throw new OvertError("WEB_BUNDLE_MISSING", "The control room has not been built.", {
    hint: "Run `npm run build` first.",
  });
}

export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
