import { rtpPacket } from "../../packages/media/src/rtp/packetize.ts";
import { slice } from "../../packages/media/src/rtp/sample-stream.ts";
import { RtspSession } from "@overt/media/rtsp";
import { parseRtspUrl } from "@overt/media/rtsp";
import { mutated } from "./mutate.ts";
import type { Random } from "./random.ts";
import { ANSWERS, SDP_SEEDS, SERVER_REQUESTS } from "./seeds.ts";
import type { FuzzTarget } from "./target.ts";

const MESSAGES_PER_SESSION = 40;
const MUTATED_SHARE = 0.25;
const URL_OF_CAMERA = parseRtspUrl("rtsp://192.0.2.7/live");
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Sessions whose camera answers with mutated responses, cut into chunks at any place, and packets between them. */
export class RtspTarget implements FuzzTarget {
  /** Sessions that came to play. */
  through = 0;
  readonly #random: Random;
  #session: RtspSession | null = null;
  #asked: string[] = [];
  #left = 0;
  #nowMs = 0;
  #sequence = 0;
  #over = false;
  #mutated = false;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string | null {
    this.#mutated = false;
    let broken: string | null = null;
    while (!this.#mutated && !broken) broken = this.#exchange();
    return broken;
  }

  #exchange(): string | null {
    if (this.#over || this.#left-- <= 0) this.#renew();
    const session = this.#session!;
    this.#nowMs += this.#random.below(2_000);
    const message = this.#message();
    for (let at = 0; at < message.length && !this.#over; ) {
      const end = this.#random.chance(0.5) ? message.length : at + 1 + this.#random.below(message.length - at);
      session.receive(message.subarray(at, end), this.#nowMs);
      at = end;
    }
    if (session.nextDeadlineMs <= this.#nowMs) session.tick(this.#nowMs);
    return session.nextDeadlineMs > this.#nowMs || this.#over ? null : "a deadline stays in the past";
  }

  #renew(): void {
    const end = (): void => {
      this.#over = true;
    };
    this.#over = false;
    this.#left = MESSAGES_PER_SESSION;
    this.#asked = [];
    const events = {
      send: (bytes: Uint8Array) => this.#asked.push(decoder.decode(bytes)),
      described: () => {},
      playing: () => {
        this.through++;
      },
      rtp: () => {},
      rtcp: () => {},
      redirected: end,
      failed: end,
      ended: end,
    };
    const credentials = { username: "user", password: 'p"a@s/s' };
    const ignoreStaleData = this.#random.chance(0.5);
    this.#session = new RtspSession(
      {
        url: URL_OF_CAMERA,
        credentials,
        allowBasic: this.#random.chance(0.5),
        ignoreStaleData,
        makeCnonce: () => "00",
      },
      events,
    );
    this.#session.start(this.#nowMs);
  }

  /** The answer to what was asked last, if anything was; else a packet or a question of the camera's own. */
  #message(): Uint8Array {
    const random = this.#random;
    const asked = this.#asked.shift();
    const [method = ""] = asked?.split(" ") ?? [];
    const answers = ANSWERS[method];
    const bytes = answers
      ? this.#answer(random.chance(0.8) ? answers[0]! : random.pick(answers), asked ?? "")
      : random.chance(0.9)
        ? this.#frame()
        : encoder.encode(random.pick(SERVER_REQUESTS));
    if (!random.chance(MUTATED_SHARE)) return bytes;
    this.#mutated = true;
    return mutated(bytes, random);
  }

  #answer(template: string, asked: string): Uint8Array {
    const sdp = this.#random.pick(SDP_SEEDS);
    const cseq = /CSeq: (\d+)/.exec(asked)?.[1] ?? "1";
    const text = template
      .replace("CSEQ", cseq)
      .replace("LENGTH", String(sdp.length))
      .replace("SDP", () => sdp);
    return encoder.encode(text);
  }

  #frame(): Uint8Array {
    const payload = slice("h264", "plain", this.#random.below(300));
    const packet = rtpPacket({ sequence: this.#sequence++, timestamp: this.#sequence * 3600 }, payload);
    const channel = this.#random.pick([0, 0, 0, 1, 4, 9]);
    return Uint8Array.of(0x24, channel, packet.length >> 8, packet.length & 0xff, ...packet);
  }
}
