import type { CamerasOptions } from "@overt/sim";
import { Child } from "@overt/recorder/process/child";

/** One picture that a camera has sent: its hash and when. */
export type Sent = readonly [hash: string, sentMs: number];

export type CamerasQuestion =
  | { readonly start: CamerasOptions }
  /** The camera by its place among those started. */
  | { readonly sentBy: number }
  /** Replaces the faults of one, by its place. */
  | { readonly camera: number; readonly faults: readonly string[] };

export interface StreamUrls {
  readonly main: string;
  readonly sub: string;
}

/** Simulated cameras in a process of their own, so that what they cost is nobody else's. */
export class Cameras {
  readonly urls: readonly StreamUrls[];
  readonly #child: Child;

  private constructor(child: Child, urls: readonly StreamUrls[]) {
    this.#child = child;
    this.urls = urls;
  }

  static async start(options: CamerasOptions): Promise<Cameras> {
    const child = new Child({
      name: "cameras",
      entry: new URL("./cameras-process.ts", import.meta.url),
      onExit: () => {},
    });
    const question: CamerasQuestion = { start: options };
    const { head } = await child.peer.ask(question);
    return new Cameras(child, (head as { urls: StreamUrls[] }).urls);
  }

  /** What a camera sent on its main stream, oldest first. */
  async sentBy(camera: number): Promise<Sent[]> {
    const question: CamerasQuestion = { sentBy: camera };
    return ((await this.#child.peer.ask(question)).head as { sent: Sent[] }).sent;
  }

  /** @throws OvertError `SIM_FAULT_UNKNOWN`, `SIM_PORT_IN_USE` */
  async setFaults(camera: number, faults: readonly string[]): Promise<void> {
    const question: CamerasQuestion = { camera, faults };
    await this.#child.peer.ask(question);
  }

  end(): void {
    this.#child.kill();
  }
}
