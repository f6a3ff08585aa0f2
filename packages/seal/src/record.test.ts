import { fc, test } from "@fast-check/vitest";
import { cameraId, epochId, fromHex, instant, segmentId, utf8 } from "@overt/core";
import { expect } from "vitest";
import { crc32c } from "./crc32c.ts";
import { parseEnvelopeRecord } from "./envelope-record.ts";
import { FRAGMENT_HEAD_BYTES, fragmentFlags, parseFragmentHead, writeFragmentTimes } from "./fragment.ts";
import { encodeSegmentHeader, parseSegmentHeader } from "./header.ts";
import { encodeRecord, parsePrefix, parseRecord, readRecords } from "./record.ts";
import { parseStatement } from "./statement.ts";

const header = encodeSegmentHeader({
  camera: cameraId("market-square-1"),
  track: "original",
  epoch: epochId("00112233445566778899aabbccddeeff"),
  segment: segmentId("ab".repeat(32)),
  start: instant(1_795_600_000_123),
  codec: "hvc1",
  initSha256: new Uint8Array(32).fill(7),
  startsOnKey: true,
});

const typeOf = new Map<unknown, string>([
  [parseSegmentHeader, "segment"],
  [parseEnvelopeRecord, "envelope"],
  [parseStatement, "statement"],
]);

test("CRC-32C gives the check values of RFC 3720 and continues over parts", () => {
  expect(crc32c(utf8("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(utf8("56789"), crc32c(utf8("1234")))).toBe(0xe3069283);
});

test("a segment header is 140 bytes and comes back as it was", () => {
  expect(header.length).toBe(140);
  expect(header.subarray(0, 12)).toEqual(fromHex("4f56525401010101" + "0000007c"));
  const record = parseRecord(header);
  if ("problem" in record) throw new Error(record.problem);
  expect(parseSegmentHeader(record)).toMatchObject({ camera: "market-square-1", codec: "hvc1", startsOnKey: true });
  expect(parseSegmentHeader(record)).toMatchObject({ start: 1_795_600_000_123, track: "original" });
});

test.each([
  [null, null],
  [-40, -40],
  [-1_795_600_000_123, -0x7fff_ffff],
  [1_795_600_000_123, 0x7fff_ffff],
])("a camera's clock that is %s ms off is told as %s: too far off is not unknown", (cameraOffsetMs, told) => {
  const head = new Uint8Array(FRAGMENT_HEAD_BYTES).fill(0x61, 0, 32);
  writeFragmentTimes(head, { counter: 0, time: instant(1), cameraOffsetMs, durationMs: 0 });
  const record = encodeRecord("fragment", "original", fragmentFlags("key"), [head, new Uint8Array(16)]);
  expect(parseFragmentHead(record)).toMatchObject({ cameraOffsetMs: told });
});

test("a torn record says how many bytes it needs, a wrong one that it is wrong", () => {
  expect(parseRecord(header.subarray(0, 9))).toEqual({ problem: "short", needBytes: 16 });
  expect(parseRecord(header.subarray(0, 139))).toEqual({ problem: "short", needBytes: 140 });
  expect(parsePrefix(new Uint8Array(16))).toEqual({ problem: "magic" });
  for (const [at, problem] of [
    [4, "version"],
    [5, "type"],
    [6, "track"],
    [8, "length"],
    [12, "crc"],
    [139, "crc"],
  ] as const) {
    const bent = header.slice();
    bent[at] = 0x7f;
    expect(parseRecord(bent)).toEqual({ problem });
  }
});

test.prop([fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.nat(200)])(
  "records back to back come back whole, and a cut loses only the last",
  (bodies, cut) => {
    const records = bodies.map((body) => encodeRecord("fragment", "anonymised", 0, [body]));
    const pack = new Uint8Array(records.flatMap((record) => [...record]));
    const whole = readRecords(pack);
    expect(whole.problem).toBe(null);
    expect(whole.records.map((record) => record.body)).toEqual(bodies);
    const torn = readRecords(pack.subarray(0, Math.max(0, pack.length - cut)));
    expect(torn.records.map((record) => record.body)).toEqual(bodies.slice(0, torn.records.length));
    expect(torn.problem === null || torn.problem.problem === "short").toBe(true);
  },
);

test.prop([fc.nat(139), fc.integer({ min: 1, max: 255 })])("any bent byte of a header is noticed", (at, mask) => {
  const bent = header.slice();
  bent[at] = bent[at]! ^ mask;
  expect(parseRecord(bent)).toHaveProperty("problem");
});

test.prop([fc.uint8Array({ maxLength: 400 })])("garbage never throws", (bytes) => {
  const { records } = readRecords(bytes);
  expect(records.length).toBe(0);
});

test.prop([
  fc.constantFrom("segment", "fragment", "envelope", "statement"),
  fc.uint8Array({ maxLength: 400 }),
  fc.nat(255),
])("no body, whatever it holds, makes a parser throw or say more than its record does", (type, bytes, flags) => {
  const body = type === "segment" ? bytes.subarray(0, 124) : bytes;
  const record = parseRecord(encodeRecord(type, "original", flags, [body]));
  if ("problem" in record) throw new Error(record.problem);
  for (const parse of [parseSegmentHeader, parseEnvelopeRecord, parseStatement]) {
    const parsed = parse(record);
    if (!("problem" in parsed)) expect(record.prefix.type).toBe(typeOf.get(parse));
  }
  const head = parseFragmentHead(record.bytes);
  if (!("problem" in head)) expect(record.prefix.type).toBe("fragment");
});
