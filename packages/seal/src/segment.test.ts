import { createCipheriv } from "node:crypto";
import { fc, test } from "@fast-check/vitest";
import { cameraId, concatBytes, epochId, instant, segmentId, utf8 } from "@overt/core";
import { expect } from "vitest";
import { newKey } from "./epoch.ts";
import { parseFragmentHead } from "./fragment.ts";
import type { GcmSeal } from "./gcm.ts";
import { openSegment } from "./open.ts";
import { type RawRecord, readRecords } from "./record.ts";
import { SegmentSealer, type SegmentStart } from "./segment.ts";

const gcmSeal: GcmSeal = (key, nonce, aad, plaintext) => {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  return [...plaintext.map((part) => cipher.update(part)), cipher.final(), cipher.getAuthTag()];
};

const start: SegmentStart = {
  camera: cameraId("market-square-1"),
  track: "original",
  epoch: epochId("00112233445566778899aabbccddeeff"),
  segment: segmentId("ab".repeat(32)),
  start: instant(1_795_600_000_000),
  codec: "avc1",
  startsOnKey: true,
  init: utf8("ftyp moov"),
  cameraOffsetMs: -40,
};

function sealed(pictures: readonly Uint8Array[], of: Partial<SegmentStart> = {}, key = newKey()): RawRecord[] {
  const sealer = new SegmentSealer({ ...start, ...of }, key.slice(), gcmSeal);
  const media = pictures.map((picture, i) =>
    sealer.seal(i ? "media" : "key", { time: instant(start.start + i * 500), cameraOffsetMs: 12, durationMs: 500 }, [
      picture,
    ]),
  );
  return readRecords(concatBytes([...sealer.records, ...media, sealer.end(instant(start.start + 9_000))])).records;
}

const pictures = [utf8("first"), utf8("second"), utf8("third")];
const key = newKey();
const whole = sealed(pictures, {}, key);

async function opened(records: readonly RawRecord[], by = key) {
  const segment = await openSegment(records, by);
  if ("problem" in segment) throw new Error(segment.problem);
  return { ...segment, faultNames: segment.faults.map(({ fault, counter }) => `${fault} ${counter}`) };
}

test.prop([fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 12 })])(
  "what is sealed opens to the same bytes, in order and without a fault",
  async (media) => {
    const segment = await opened(sealed(media, {}, key));
    expect(segment.fragments.map((fragment) => fragment.media)).toEqual(media);
    expect(segment.init).toEqual(start.init);
    expect(segment.faults).toEqual([]);
  },
);

/** As a recorder's: each part is made when it is asked for, of a plaintext that is overwritten meanwhile. */
const inParts: GcmSeal = function* (key, nonce, aad, plaintext) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  for (const part of plaintext)
    for (let at = 0; at < part.length; at += 100) yield cipher.update(part.subarray(at, at + 100));
  cipher.final();
  yield cipher.getAuthTag();
};

test.prop([fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 6 })])(
  "what is sealed where it was written is the same record, in room that held another",
  (media) => {
    const [copying, inPlace] = [
      new SegmentSealer(start, key.slice(), gcmSeal),
      new SegmentSealer(start, key.slice(), inParts),
    ];
    const times = { time: start.start, cameraOffsetMs: 12, durationMs: 500 };
    const used = new Uint8Array(3_000).fill(0x77);
    for (const bytes of media) {
      const plaintext = { bytes: bytes.length, write: (record: Uint8Array, at: number) => record.set(bytes, at) };
      const record = inPlace.sealInPlace("media", times, plaintext, (length) => used.subarray(0, length));
      expect(record).toEqual(copying.seal("media", times, [bytes]));
    }
  },
);

test("what was written and could not be sealed is wiped", () => {
  const breaking: GcmSeal = (...message) => {
    if (calls++ > 0) throw new Error("no engine");
    return gcmSeal(...message);
  };
  let calls = 0;
  const sealer = new SegmentSealer(start, newKey(), breaking);
  const room = new Uint8Array(1_000);
  const plaintext = { bytes: 20, write: (record: Uint8Array, at: number) => record.fill(0x41, at, at + 20) };
  const times = { time: start.start, cameraOffsetMs: null, durationMs: 1 };
  expect(() => sealer.sealInPlace("key", times, plaintext, (length) => room.subarray(0, length))).toThrow("no engine");
  expect(room.every((byte) => byte === 0)).toBe(true);
});

test("no byte of a picture or of the init segment stands in clear", () => {
  const bytes = Buffer.concat(whole.map((record) => record.bytes));
  for (const clear of [...pictures, start.init]) expect(bytes.includes(clear)).toBe(false);
});

test("a fragment's clear part says what is needed to index it", () => {
  expect(parseFragmentHead(whole[2]!.bytes.subarray(0, 116))).toEqual({
    camera: start.camera,
    track: "original",
    epoch: start.epoch,
    segment: start.segment,
    counter: 1,
    time: start.start,
    cameraOffsetMs: 12,
    durationMs: 500,
    kind: "key",
  });
});

test("a cut tail is missed", async () => {
  expect((await opened(whole.slice(0, -1))).faultNames).toEqual(["no_end 4"]);
  expect((await opened(whole.slice(0, 3))).faultNames).toEqual(["no_end 2"]);
  expect((await opened(whole.slice(0, 1))).faultNames).toEqual(["no_end 0"]);
});

test("a fragment taken out is named", async () => {
  expect((await opened(whole.filter((_, i) => i !== 3))).faultNames).toEqual(["missing 2"]);
  expect((await opened(whole.filter((_, i) => i !== 1))).faultNames).toEqual(["missing 0"]);
});

test("two fragments that changed places are named, and come back in order", async () => {
  const [header, init, a, b, ...rest] = whole as [RawRecord, RawRecord, RawRecord, RawRecord, ...RawRecord[]];
  const segment = await opened([header, init, b, a, ...rest]);
  expect(segment.faultNames).toEqual(["disordered 1"]);
  expect(segment.fragments.map((fragment) => fragment.media)).toEqual(pictures);
});

test("a fragment that stands twice, and one behind the end, are named", async () => {
  expect((await opened([...whole.slice(0, 3), whole[2]!, ...whole.slice(3)])).faultNames).toEqual(["repeated 1"]);
  const longer = sealed([...pictures, utf8("fourth"), utf8("fifth")], {}, key);
  expect((await opened([...whole, longer[6]!])).faultNames).toEqual(["after_end 5"]);
});

test("a fragment of another segment is foreign, and relabelled it is not authentic", async () => {
  const other = sealed([utf8("spliced")], { segment: segmentId("cd".repeat(32)) }, key);
  expect((await opened([...whole.slice(0, 3), other[2]!, ...whole.slice(3)])).faultNames).toEqual(["foreign 1"]);
  const relabelled = other[2]!.bytes.slice();
  relabelled.fill(0xab, 16 + 48, 16 + 80);
  const { prefix } = other[2]!;
  const record = { prefix, bytes: relabelled, body: relabelled.subarray(16) };
  expect((await opened([...whole.slice(0, 4), record, ...whole.slice(4)])).faultNames).toEqual(["not_authentic 1"]);
});

test("messages under another header are not authentic, so a header cannot be exchanged", async () => {
  const other = sealed(pictures, { start: instant(start.start + 1) }, key);
  const segment = await opened([other[0]!, ...whole.slice(1)]);
  expect(segment.fragments).toEqual([]);
  expect(segment.faultNames.slice(0, 4)).toEqual([0, 1, 2, 3].map((counter) => `not_authentic ${counter}`));
});

test("another key opens nothing", async () => {
  expect((await opened(whole, newKey())).fragments).toEqual([]);
});

test("without a header there is no segment", async () => {
  expect(await openSegment(whole.slice(1), key)).toEqual({ problem: "header" });
});

test.prop([fc.nat(), fc.integer({ min: 1, max: 255 })])(
  "any bent byte behind the header is noticed",
  async (at, mask) => {
    const bytes = concatBytes(whole.slice(1).map((record) => record.bytes));
    bytes[at % bytes.length]! ^= mask;
    const { records, problem } = readRecords(bytes);
    expect(problem).not.toBe(null);
    const { faults } = await opened([whole[0]!, ...records]);
    expect(faults.length).toBeGreaterThan(0);
  },
);

test("a key is zeros when its segment has ended, by the end message or by a fault", () => {
  const ending = newKey();
  const sealer = new SegmentSealer(start, ending, gcmSeal);
  sealer.end(start.start);
  expect(ending.every((byte) => byte === 0)).toBe(true);
  expect(() => sealer.seal("media", { time: start.start, cameraOffsetMs: null, durationMs: 1 }, [])).toThrow(
    /has ended/,
  );

  const failing = newKey();
  let calls = 0;
  const breaks: GcmSeal = (...message) => {
    if (calls++ > 0) throw new Error("no entropy");
    return gcmSeal(...message);
  };
  const failed = new SegmentSealer(start, failing, breaks);
  expect(() => failed.seal("key", { time: start.start, cameraOffsetMs: null, durationMs: 1 }, [])).toThrow(
    "no entropy",
  );
  expect(failing.every((byte) => byte === 0)).toBe(true);
});

test("a key that seals or has sealed another segment is refused", () => {
  const once = newKey();
  const sealer = new SegmentSealer(start, once, gcmSeal);
  expect(() => new SegmentSealer(start, once, gcmSeal)).toThrow(expect.objectContaining({ code: "SEGMENT_KEY_USED" }));
  sealer.end(start.start);
  expect(() => new SegmentSealer(start, once, gcmSeal)).toThrow(expect.objectContaining({ code: "SEGMENT_KEY_USED" }));
  expect(() => new SegmentSealer(start, once.slice(), gcmSeal)).toThrow(
    expect.objectContaining({ code: "SEGMENT_KEY_USED" }),
  );
});

test("no key and nonce are ever used together twice", () => {
  const used = new Set<string>();
  const watching: GcmSeal = (by, nonce, ...rest) => {
    const pair = `${Buffer.from(by).toString("hex")} ${Buffer.from(nonce).toString("hex")}`;
    expect(used.has(pair)).toBe(false);
    used.add(pair);
    return gcmSeal(by, nonce, ...rest);
  };
  for (let segment = 0; segment < 20; segment++) {
    const sealer = new SegmentSealer(start, newKey(), watching);
    for (let i = 0; i < 50; i++)
      sealer.seal("media", { time: start.start, cameraOffsetMs: null, durationMs: 1 }, [utf8("same")]);
    sealer.end(start.start);
  }
  expect(used.size).toBe(20 * 52);
});
