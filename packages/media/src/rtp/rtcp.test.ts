import { fromHex, toHex } from "@overt/core";
import { expect, test } from "vitest";
import { buildReceiverReport, parseRtcp } from "./rtcp.ts";

const bytes = (hex: string) => fromHex(hex.replaceAll(" ", ""));
const SENDER_REPORT = "80c80006 89abcdef ed000000 80000000 00015f90 0000000a 00001000";

test("a sender report, a description and a goodbye in one compound are read", () => {
  const { packets, broken } = parseRtcp(bytes(`${SENDER_REPORT} 81ca0002 89abcdef 01000000 81cb0001 89abcdef`));
  expect(broken).toBe(false);
  expect(packets).toEqual([
    {
      kind: "sender-report",
      ssrc: 0x89abcdef,
      ntpMs: (0xed000000 - 2_208_988_800) * 1000 + 500,
      ntpMiddle: 0x00008000,
      rtpTimestamp: 90_000,
      packets: 10,
      octets: 4096,
    },
    { kind: "other", type: 202 },
    { kind: "bye", ssrcs: [0x89abcdef] },
  ]);
});

test("after the wrap of NTP in 2036 time goes on (RFC 4330 §3)", () => {
  const [report] = parseRtcp(bytes(SENDER_REPORT.replace("ed000000", "00000001"))).packets;
  expect(report).toMatchObject({ ntpMs: Date.UTC(2036, 1, 7, 6, 28, 17) + 500 });
});

test.each([
  ["is empty", "", 0],
  ["has another version", "40c80006", 0],
  ["is cut", SENDER_REPORT.slice(0, 40), 0],
  ["has a report too short for its kind", "80c80001 89abcdef", 0],
  ["has a goodbye with more sources than it holds", "85cb0001 89abcdef", 0],
  ["has a rest", `${SENDER_REPORT} 81cb`, 1],
  ["breaks off in its second part", `${SENDER_REPORT} 81cb0009 89abcdef`, 1],
])("a compound that %s gives what came before", (_, hex, whole) => {
  const { packets, broken } = parseRtcp(bytes(hex));
  expect([packets.length, broken]).toEqual([whole, true]);
});

test("a receiver report is built to the byte (RFC 3550 §6.4.2)", () => {
  const report = buildReceiverReport({
    ownSsrc: 0x11111111,
    sourceSsrc: 0x22222222,
    fractionLost: 0x40,
    lost: 0x123456,
    highestSequence: 0x0001ffff,
    jitterTicks: 7,
    lastReport: 0xabcd8000,
    sinceLastReportMs: 1500,
  });
  expect(toHex(report)).toBe(
    "81c90007" +
      "11111111" +
      "22222222" +
      "40123456" +
      "0001ffff" +
      "00000007" +
      "abcd8000" +
      "00018000" +
      "81ca0002" +
      "11111111" +
      "01000000",
  );
  expect(parseRtcp(report)).toEqual({
    packets: [
      { kind: "other", type: 201 },
      { kind: "other", type: 202 },
    ],
    broken: false,
  });
});
