import { fc, test } from "@fast-check/vitest";
import { concatBytes } from "@overt/core";
import { expect } from "vitest";
import type { VideoCodec } from "../codec/annexb.ts";
import { MTU, packetise } from "./packetise.ts";
import { RTP_HEADER } from "./rtp.ts";
import { unpackNals } from "./test-client.ts";

const headers: Readonly<Record<VideoCodec, { set: number[]; slice: number[] }>> = {
  h264: { set: [0x67], slice: [0x65] },
  h265: { set: [0x42, 1], slice: [0x26, 1] },
};

const anyPicture = fc.constantFrom<VideoCodec>("h264", "h265").chain((codec) =>
  fc.record({
    codec: fc.constant(codec),
    nals: fc
      .array(fc.record({ slice: fc.boolean(), length: fc.nat({ max: 5_000 }), seed: fc.nat({ max: 255 }) }), {
        minLength: 1,
        maxLength: 6,
      })
      .map((units) =>
        units.map(({ slice, length, seed }) => {
          const body = Uint8Array.from({ length: length + 1 }, (_, i) => (seed + i * 7) % 251);
          return concatBytes([Uint8Array.from(headers[codec][slice ? "slice" : "set"]), body]);
        }),
      ),
  }),
);

test.prop([anyPicture])("a picture's packets carry its units in order, none larger than the MTU", ({ codec, nals }) => {
  const packets = packetise(codec, nals);
  expect(packets.every(({ payload }) => payload.length + RTP_HEADER <= MTU)).toBe(true);
  expect(packets.map(({ marker }) => marker)).toEqual(packets.map((_, i) => i === packets.length - 1));
  expect(
    unpackNals(
      codec,
      packets.map(({ payload }) => payload),
    ),
  ).toEqual(nals);
});
