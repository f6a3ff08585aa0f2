import type { VideoCodec } from "../codec/annexb.ts";
import { isSlice, nalType } from "../codec/annexb.ts";
import { concatBytes } from "@overt/core";
import type { SentPicture } from "../server/feed.ts";
import { TICKS_PER_SECOND } from "../server/feed.ts";
import type { Hooks } from "../server/hooks.ts";
import { aggregate, fragment, MTU, packetise } from "../server/packetise.ts";
import type { RtpPayload } from "../server/rtp.ts";
import { RTP_HEADER } from "../server/rtp.ts";
import type { Fault } from "./fault.ts";

type Payloads = readonly RtpPayload[];

/** A fault of how pictures are put into packets. */
function rtpFault(
  name: string,
  does: string,
  make: () => (payloads: Payloads, picture: SentPicture) => Payloads,
): Fault {
  return { name, does, hooks: () => ({ payloads: make() }) };
}

const START_CODE = Uint8Array.of(0, 0, 0, 1);
const SHORT_START_CODE = Uint8Array.of(0, 0, 1);
const FU_START = 0x80;
const FU_END = 0x40;
const ROOM = MTU - RTP_HEADER;

const isFragment = (codec: VideoCodec, payload: Uint8Array) => nalType(codec, payload) === (codec === "h264" ? 28 : 49);
const fuHeaderAt = (codec: VideoCodec) => (codec === "h264" ? 1 : 2);

function edited(payload: Uint8Array, at: number, edit: (byte: number) => number): Uint8Array {
  const copy = payload.slice();
  copy[at] = edit(copy[at]!);
  return copy;
}

/** Each parameter set and SEI in a packet of its own, then the slices as usual. */
function separate(codec: VideoCodec, nals: readonly Uint8Array[]): { heads: Uint8Array[]; slices: RtpPayload[] } {
  const heads = nals.filter((nal) => !isSlice(codec, nal));
  return {
    heads,
    slices: packetise(
      codec,
      nals.filter((nal) => isSlice(codec, nal)),
    ),
  };
}

/** SEI of payload type 229, unregistered in H.264 and H.265. */
const ODD_SEI: Readonly<Record<VideoCodec, Uint8Array>> = {
  h264: Uint8Array.of(0x06, 229, 2, 0x11, 0x22, 0x80),
  h265: Uint8Array.of(0x4e, 0x01, 229, 2, 0x11, 0x22, 0x80),
};

/** The units of a picture as one stretch of Annex B, start codes of both lengths, one in front or not. */
function annexB(nals: readonly Uint8Array[], inFront: boolean): Uint8Array {
  const parts = nals.flatMap((nal, i) => [i % 2 ? START_CODE : SHORT_START_CODE, nal]);
  return concatBytes(inFront ? parts : parts.slice(1));
}

/** Kind 3 of the cases, as far as it lies in packets. */
export const RTP_FAULTS: readonly Fault[] = [
  rtpFault("rtp-01", "Marks parameter sets, under the time of the picture before.", () => (payloads, picture) => {
    if (!picture.unit.key) return payloads;
    const { heads, slices } = separate(picture.codec, picture.unit.nals);
    const early = -TICKS_PER_SECOND / 25;
    return [...heads.map((payload) => ({ payload, marker: true, timestampOffset: early })), ...slices];
  }),
  rtpFault(
    "rtp-02",
    "Marks parameter sets and an odd SEI, under the time of their picture.",
    () => (payloads, picture) => {
      if (!picture.unit.key) return payloads;
      const codec = picture.codec;
      const { heads, slices } = separate(codec, picture.unit.nals);
      return [...[...heads, ODD_SEI[codec]].map((payload) => ({ payload, marker: true })), ...slices];
    },
  ),
  rtpFault("rtp-03", "Sends small units as one fragment with both its start and its end set.", () => {
    return (_, { codec, unit }) => {
      const pieces = unit.nals.flatMap((nal) => fragment(codec, nal));
      return pieces.map((payload, i) => ({ payload, marker: i === pieces.length - 1 }));
    };
  }),
  rtpFault(
    "rtp-04",
    "Loses the first fragment of every third key picture, and the last ones of the picture after it.",
    () =>
      (payloads, { codec, group: { number, place } }) => {
        if (number % 3 !== 0 || place > 1) return payloads;
        const bit = place === 0 ? FU_START : FU_END;
        return payloads.map((p) =>
          isFragment(codec, p.payload) && p.payload[fuHeaderAt(codec)]! & bit ? { ...p, lost: true } : p,
        );
      },
  ),
  rtpFault("rtp-05", "Writes another type, and in H.264 the reserved bit, into all fragments but the first.", () => {
    return (payloads, { codec }) => {
      const at = fuHeaderAt(codec);
      return payloads.map((p) =>
        isFragment(codec, p.payload) && !(p.payload[at]! & 0x80)
          ? {
              ...p,
              payload: edited(p.payload, at, (byte) => (codec === "h264" ? (byte & 0xc0) | 0x21 : (byte & 0xc0) | 1)),
            }
          : p,
      );
    };
  }),
  rtpFault(
    "rtp-06",
    "Puts a whole key picture as Annex B into one packet when it fits, else its parameter sets.",
    () =>
      (payloads, { codec, unit, group }) => {
        if (!unit.key) return payloads;
        const inFront = group.number % 2 === 0;
        const whole = annexB(unit.nals, inFront);
        if (whole.length <= 60_000) return [{ payload: whole, marker: true }];
        const { heads, slices } = separate(codec, unit.nals);
        return [{ payload: annexB(heads, inFront), marker: false }, ...slices];
      },
  ),
  rtpFault(
    "rtp-07",
    "Fragments a whole key picture as Annex B, start codes cut between packets.",
    () =>
      (payloads, { codec, unit, group }) => {
        if (!unit.key) return payloads;
        // Without a start code before the first unit, whose header becomes the fragments'.
        const [first = new Uint8Array(0), ...others] = unit.nals;
        const bytes = concatBytes([first, ...others.flatMap((nal) => [START_CODE, nal]), START_CODE]);
        // The first cut lies behind one, two or three bytes of the first start code.
        const head = codec === "h264" ? 2 : 3;
        const room = first.length + (group.number % 3) + 1 + head - fuHeaderAt(codec);
        const pieces = fragment(codec, bytes, Math.min(ROOM, Math.max(head + 1, room)));
        return pieces.map((payload, i) => ({ payload, marker: i === pieces.length - 1 }));
      },
  ),
  rtpFault("rtp-08", "Never sets the marker.", () => (payloads) => payloads.map((p) => ({ ...p, marker: false }))),
  rtpFault("rtp-09", "Puts empty packets and empty fragments into the middle of pictures.", () => {
    return (payloads, { codec }) => {
      return payloads.flatMap((p) => {
        if (p.marker) return [p];
        const empty = { payload: new Uint8Array(0), marker: false };
        const at = fuHeaderAt(codec);
        if (!isFragment(codec, p.payload)) return [p, empty];
        return [p, empty, { payload: edited(p.payload.slice(0, at + 1), at, (byte) => byte & 0x3f), marker: false }];
      });
    };
  }),
  rtpFault(
    "rtp-10",
    "Stamps every 50th picture hours away; after 30 s the time jumps by an hour and stays there.",
    () => {
      const startedMs = performance.now();
      return (payloads, { index }) => {
        const lasting = performance.now() - startedMs > 30_000 ? 3_600 * TICKS_PER_SECOND : 0;
        const lone = index % 50 === 25 ? (index % 100 === 25 ? -9_800 : 37_600) * TICKS_PER_SECOND : 0;
        return payloads.map((p) => ({ ...p, timestampOffset: lasting + lone }));
      };
    },
  ),
  {
    name: "rtp-11",
    does: "Starts its RTP time 2 s before 2^32.",
    hooks: (): Hooks => ({ firstTimestamp: () => 2 ** 32 - 2 * TICKS_PER_SECOND }),
  },
  {
    name: "rtp-12",
    does: "Sets its clock 3 s back after 15 s and 2 h on after 30 s, while RTP time runs on.",
    hooks: (): Hooks => ({
      wallMs: (wallMs, sinceStartMs) =>
        wallMs - (sinceStartMs > 15_000 ? 3_000 : 0) + (sinceStartMs > 30_000 ? 7_200_000 : 0),
    }),
  },
  rtpFault(
    "rtp-16",
    "Aggregates all parameter sets and SEI, and sends an aggregate that claims more than it has.",
    () => (payloads, picture) => {
      if (!picture.unit.key) return payloads;
      const codec = picture.codec;
      const { heads, slices } = separate(codec, picture.unit.nals);
      const packet = aggregate(codec, heads);
      const lying = edited(packet, codec === "h264" ? 1 : 2, () => 0x7f);
      return [{ payload: lying, marker: false }, { payload: packet, marker: false }, ...slices];
    },
  ),
  rtpFault("rtp-18", "Mixes packets of another source in, one to twenty.", () => {
    let count = 0;
    return (payloads) =>
      payloads.flatMap((p) =>
        ++count % 20 === 0 ? [{ payload: p.payload, marker: false, ssrc: 0x0bad_cafe }, p] : [p],
      );
  }),
  rtpFault("drops-packets", "Loses one packet in fifty.", () => {
    let count = 0;
    return (payloads) => payloads.map((p) => (++count % 50 === 0 ? { ...p, lost: true } : p));
  }),
];
