import { fromHex } from "@overt/core";
import { expect, test } from "vitest";
import { emptyRtpHeader, readRtpHeader } from "./packet.ts";

const read = (hex: string) => {
  const header = emptyRtpHeader();
  return readRtpHeader(fromHex(hex.replaceAll(" ", "")), header) ? header : null;
};

test("the fields of an RTP header are read", () => {
  expect(read("80 e0 ffff fffffffe 89abcdef 6588")).toEqual({
    marker: true,
    payloadType: 96,
    sequence: 65_535,
    timestamp: 0xfffffffe,
    ssrc: 0x89abcdef,
    payloadStart: 12,
    payloadEnd: 14,
  });
});

test("CSRCs, a header extension and padding are stepped over", () => {
  const header = read("b2 60 0001 00000001 00000002 11111111 22222222 bede0001 10ff0000 65 88 84 00 00 03");
  expect([header?.payloadStart, header?.payloadEnd]).toEqual([28, 31]);
});

test.each([
  ["shorter than a header", "80 60 0001 00000001 000000"],
  ["of another version", "40 60 0001 00000001 00000002 65"],
  ["with CSRCs beyond its end", "8f 60 0001 00000001 00000002 65"],
  ["with an extension beyond its end", "90 60 0001 00000001 00000002 bede0009 6588"],
  ["with an extension cut in its header", "90 60 0001 00000001 00000002 bede"],
  ["with more padding than payload", "a0 60 0001 00000001 00000002 65 88 04"],
  ["with a padding of nothing", "a0 60 0001 00000001 00000002 65 88 00"],
])("a packet %s is none", (_, hex) => {
  expect(read(hex)).toBeNull();
});

test("a packet without a payload is one", () => {
  expect(read("80 60 0001 00000001 00000002")).toMatchObject({ payloadStart: 12, payloadEnd: 12 });
});
