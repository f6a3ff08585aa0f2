import { VideoReceiver } from "@overt/media/rtp";
import { parseSdp, videoOf } from "@overt/media/rtsp";
import { mutated } from "./mutate.ts";
import type { Random } from "./random.ts";
import { SDP_SEEDS } from "./seeds.ts";
import type { FuzzTarget } from "./target.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Mutated session descriptions, read down to the parameter sets that a receiver is opened with. */
export class SdpTarget implements FuzzTarget {
  /** Descriptions with a video. */
  through = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string | null {
    const text = decoder.decode(mutated(encoder.encode(this.#shuffled()), this.#random));
    const video = videoOf(parseSdp(text));
    if (!video) return null;
    this.through++;
    const { codec, clockRateHz, payloadType, parameterSets } = video;
    new VideoReceiver({ codec, clockRate: clockRateHz, payloadType, parameterSets, onAccessUnit: () => {} }).flush();
    return Number.isInteger(payloadType) && clockRateHz > 0 ? null : `clock rate ${clockRateHz}, type ${payloadType}`;
  }

  /** Sometimes with lines swapped, doubled or of another description. */
  #shuffled(): string {
    const random = this.#random;
    const lines = random.pick(SDP_SEEDS).split("\r\n");
    for (let left = random.below(3); left > 0; left--) {
      const line = random.chance(0.5) ? random.pick(lines) : random.pick(random.pick(SDP_SEEDS).split("\r\n"));
      lines.splice(random.below(lines.length), random.below(2), line);
    }
    return lines.join(random.chance(0.2) ? "\n" : "\r\n");
  }
}
