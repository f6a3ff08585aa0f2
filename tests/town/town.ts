import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoKeys, type DemoCamera, type DemoKeys } from "@overt/cli/demo-keys";
import { readIdentity } from "@overt/cli/key-files";
import { childrenOf, keepCompiled, killNow, Service } from "@overt/cli/supervise";
import { type CameraId, type Instant, instant, type OvertError, type Track } from "@overt/core";
import {
  encodeFrame,
  FrameReader,
  type Picture,
  decodePicture,
  type RecorderReply,
  type RecorderStatus,
  type Timeline,
} from "@overt/link";
import type { CameraConfig, RecorderConfig } from "@overt/recorder/config";
import { KeeperClient } from "@overt/recorder/keystore/client";
import { openWindow, type OpenedWindow, packRecords } from "@overt/sim/opener/index";
import type { z } from "zod";

export interface TownCamera extends Omit<z.input<typeof CameraConfig>, "permit" | "number" | "name"> {
  readonly permit?: Partial<DemoCamera>;
}

export interface TownOptions {
  readonly cameras: readonly TownCamera[];
  readonly epochMs?: number;
  readonly workers?: number;
  /** Another roster than the town's own, or none. */
  readonly roster?: string | null;
  /** Other than one in the town's folder. */
  readonly volumes?: z.input<typeof RecorderConfig>["volumes"];
  readonly power?: z.input<typeof RecorderConfig>["power"];
  /** Goes on in the directory of another town. */
  readonly dir?: string;
}

const STEP_MS = 100;
const IDENTITIES = ["operations", "oversight"] as const;

/** A recorder with its keys and cameras' permits, in processes as in real life, for the tests. */
export class Town {
  readonly dir: string;
  readonly keys: DemoKeys;
  readonly recorder: Service;
  readonly problems: OvertError[];

  private constructor(dir: string, keys: DemoKeys, recorder: Service, problems: OvertError[]) {
    this.dir = dir;
    this.keys = keys;
    this.recorder = recorder;
    this.problems = problems;
  }

  static async start(options: TownOptions): Promise<Town> {
    keepCompiled(join(tmpdir(), "overt-code-cache"));
    const dir = options.dir ?? mkdtempSync(join(tmpdir(), "overt-town-"));
    const numbered = options.cameras.map((camera, i) => ({ ...camera, number: i + 1, name: camera.id }));
    const keys = await makeDemoKeys(
      `${dir}/demo-keys`,
      numbered.map(({ id, number, name, permit }): DemoCamera => ({ camera: id, number, name, ...permit })),
      instant(Date.now()),
    );
    const config: z.input<typeof RecorderConfig> = {
      id: "town",
      site: "town",
      socket: `${dir}/recorder.sock`,
      stateDir: `${dir}/recorder`,
      volumes: [...(options.volumes ?? [{ path: `${dir}/footage` }])],
      keyStores: [`${dir}/keys-a`, `${dir}/keys-b`],
      overseer: keys.overseerPublicKey,
      roster: options.roster === undefined ? keys.rosterFile : options.roster,
      demoKeys: true,
      ...(options.epochMs === undefined ? {} : { epochMs: options.epochMs }),
      ...(options.power === undefined ? {} : { power: options.power }),
      anonymiser: options.workers === undefined ? {} : { workers: options.workers },
      cameras: numbered.map(({ permit: _, ...camera }) => ({
        ...camera,
        permit: keys.permitFiles.get(camera.id) as string,
      })),
    };
    const problems: OvertError[] = [];
    const recorder = new Service({
      name: "recorder",
      entry: new URL(import.meta.resolve("@overt/recorder/main")),
      config,
      onProblem: (error) => problems.push(error),
    });
    await recorder.start();
    return new Town(dir, keys, recorder, problems);
  }

  async status(): Promise<RecorderStatus | null> {
    const answer = await this.recorder.ask({ status: true }).catch(() => null);
    return (answer?.head as { status: RecorderStatus | null } | undefined)?.status ?? null;
  }

  /** Waits for the recorder to say so. @throws Error with its last word after `limitMs` */
  async until(what: string, holds: (status: RecorderStatus) => boolean, limitMs = 60_000): Promise<RecorderStatus> {
    const end = performance.now() + limitMs;
    let last: RecorderStatus | null = null;
    while (performance.now() < end) {
      last = await this.status();
      if (last && holds(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
    throw new Error(`${what} did not happen within ${limitMs} ms; the recorder last said ${told(last)}`);
  }

  async timeline(camera: string, from: Instant, to: Instant): Promise<Timeline> {
    const { reply } = await this.#ask({ op: "timeline", camera, from, to });
    if (reply.kind !== "timeline") throw new Error(`The recorder answered ${JSON.stringify(reply)}.`);
    return reply.timeline;
  }

  /** Anonymised pictures of a span, as a centre would get them. */
  async read(camera: string, from: Instant, to: Instant): Promise<Picture[]> {
    return (await this.#ask({ op: "read", camera, from, to })).pictures;
  }

  /** Live pictures from now on, as a centre gets them. @returns how many came of each camera, and how to end it */
  watch(cameras: readonly string[]): { readonly seen: ReadonlyMap<string, number>; readonly end: () => void } {
    const seen = new Map<string, number>(cameras.map((camera) => [camera, 0]));
    const reader = new FrameReader();
    const socket = connect(`${this.dir}/recorder.sock`);
    socket.on("data", (chunk: Buffer) => {
      for (const { head, body } of reader.push(chunk)) {
        if ((head as RecorderReply).kind !== "live") continue;
        const { camera, blank } = decodePicture(body);
        if (!blank) seen.set(camera, (seen.get(camera) ?? 0) + 1);
      }
    });
    for (const part of encodeFrame({ op: "watch", id: 1, cameras })) socket.write(part);
    return { seen, end: () => socket.destroy() };
  }

  /** Processes of this recorder by their titles, from the kernel. */
  processes(): { pid: number; title: string }[] {
    return childrenOf(this.recorder.pid as number).flatMap((pid) => {
      try {
        return [{ pid, title: readFileSync(`/proc/${pid}/cmdline`, "utf8") }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
  }

  /** `kill -9` of the recorder and all its processes, as near to at once as the kernel lets us. */
  killAll(): void {
    for (const pid of [this.recorder.pid as number, ...this.processes().map(({ pid }) => pid)]) killNow(pid);
  }

  /** What custodians could open together, from the disks of a recorder that has ended. */
  async open(
    camera: CameraId,
    from: Instant,
    to: Instant,
    {
      track = "original",
      identities = this.keys.identityFiles,
    }: { track?: Track; identities?: DemoKeys["identityFiles"] } = {},
  ): Promise<OpenedWindow> {
    const keeper = new KeeperClient({ places: [`${this.dir}/keys-a`, `${this.dir}/keys-b`], onDestroyed: () => {} });
    try {
      await keeper.ready();
      const files = IDENTITIES.flatMap((group) => identities[group]);
      return await openWindow({
        camera,
        track,
        from,
        to,
        records: packRecords(`${this.dir}/footage`),
        identities: await Promise.all(files.map(readIdentity)),
        recorder: null,
        periodKeyOf: async (of, start) => {
          const found = await keeper.get(of, start);
          return found.state === "live" ? found.keys[0] : null;
        },
      });
    } finally {
      keeper.close();
    }
  }

  end(): Promise<void> {
    return this.recorder.end();
  }

  forget(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #ask(request: object): Promise<{ reply: RecorderReply; pictures: Picture[] }> {
    const pictures: Picture[] = [];
    const reader = new FrameReader();
    const socket = connect(`${this.dir}/recorder.sock`);
    return new Promise<{ reply: RecorderReply; pictures: Picture[] }>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("The recorder ended before it had answered.")));
      socket.on("data", (chunk: Buffer) => {
        for (const { head, body } of reader.push(chunk)) {
          const reply = head as RecorderReply;
          if (reply.kind === "pictures") pictures.push(...unpacked(body));
          else if (reply.kind !== "changed" && reply.kind !== "live") resolve({ reply, pictures });
        }
      });
      for (const part of encodeFrame({ ...request, id: 1 })) socket.write(part);
    }).finally(() => socket.destroy());
  }
}

export const recordsBoth = (status: RecorderStatus): boolean =>
  status.cameras.every(({ original, anonymised }) => original.recording && anonymised.recording);

/** What matters of a status when something did not happen. */
function told(status: RecorderStatus | null): string {
  if (!status) return "nothing";
  const { cameras, parts, volumes } = status;
  return JSON.stringify({
    cameras: cameras.map(({ id, original, anonymised, problem }) => ({ id, original, anonymised, problem })),
    parts: parts.filter(({ state }) => state !== "ok"),
    volumes,
  });
}

function unpacked(body: Uint8Array): Picture[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const pictures: Picture[] = [];
  for (let at = 0; at < body.length; ) {
    const length = view.getUint32(at);
    pictures.push(decodePicture(body.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return pictures;
}
