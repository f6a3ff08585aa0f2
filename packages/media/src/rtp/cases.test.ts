import { concatBytes, toHex } from "@overt/core";
import { describe, expect, test } from "vitest";
import { aggregateOf, payloadsOf, rtpPacket } from "./packetize.ts";
import type { AccessUnit } from "./receiver.ts";
import { announced, SampleStream, SETS, setsOf, slice } from "./sample-stream.ts";

const CODECS = ["h264", "h265"] as const;
const START = Uint8Array.of(0, 0, 0, 1);
const hex = (unit: AccessUnit | undefined): string[] => (unit?.nals ?? []).map(toHex);
const hexOf = (...nals: Uint8Array[]): string[] => nals.map(toHex);

describe.each(CODECS)("an %s track opens", (codec) => {
  test("sdp-01: at the first key picture whose sets are known; nothing before it is given", () => {
    const stream = new SampleStream(codec);
    stream.plain(0);
    stream.plain(3600);
    stream.key(7200);
    stream.plain(10_800);
    expect(stream.units.map((unit) => unit.key)).toEqual([true, false]);
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual([0, 3600]);
    expect(stream.losses).toEqual([]);
    expect(stream.formats).toHaveLength(1);
  });

  test("sdp-01: not at a key picture whose sets are unknown", () => {
    const stream = new SampleStream(codec);
    stream.picture([slice(codec, "key")], 0);
    expect(stream.units).toEqual([]);
    expect(stream.receiver.tolerated).toEqual({ "parameter-sets-missing": 1 });
    stream.key(3600);
    expect(stream.units).toHaveLength(1);
  });

  test("with sets from the SDP alone", () => {
    const stream = new SampleStream(codec, { parameterSets: announced(codec) });
    stream.picture([slice(codec, "key")], 0);
    expect(hex(stream.units[0])).toEqual(hexOf(slice(codec, "key")));
    expect(stream.formats[0]?.parameterSets).toEqual(announced(codec));
  });
});

test("sdp-02: a lone SPS does not open a track", () => {
  const stream = new SampleStream("h264", { parameterSets: { vps: [], sps: [SETS.h264.sps], pps: [] } });
  stream.picture([slice("h264", "key")], 0);
  expect(stream.units).toEqual([]);
  stream.key(3600);
  expect(stream.units).toHaveLength(1);
});

test("sdp-03: announced sets that are no NAL units are dropped, a trailing start code is cut off", () => {
  const sets = {
    vps: [],
    sps: [Uint8Array.of(0xe9, 1, 2, 3), concatBytes([SETS.h264.sps, START])],
    pps: [concatBytes([SETS.h264.pps, START])],
  };
  const stream = new SampleStream("h264", { parameterSets: sets });
  stream.picture([slice("h264", "key")], 0);
  expect(stream.formats[0]?.parameterSets).toEqual(announced("h264"));
  expect(stream.receiver.tolerated).toEqual({ "parameter-set-unreadable": 1 });
});

test("rtp-01: parameter sets with the marker and the old timestamp belong to the next picture", () => {
  const stream = new SampleStream("h264", { parameterSets: announced("h264") });
  const key = slice("h264", "key");
  stream.picture([key], 0);
  stream.send(slice("h264", "plain"), 1000, true);
  stream.send(SETS.h264.sps, 1000, true);
  stream.send(SETS.h264.pps, 1000);
  stream.send(key, 4000, true);
  expect(stream.units.map((unit) => unit.rtpTime)).toEqual([0, 1000, 4000]);
  expect(hex(stream.units[2])).toEqual(hexOf(SETS.h264.sps, SETS.h264.pps, key));
});

test("rtp-01: even when no marker stood on the picture before them", () => {
  const stream = new SampleStream("h264", { parameterSets: announced("h264") });
  const key = slice("h264", "key");
  stream.picture([key], 0);
  stream.send(slice("h264", "plain"), 1000);
  stream.send(SETS.h264.sps, 1000);
  stream.send(SETS.h264.pps, 1000);
  stream.send(key, 4000, true);
  expect(stream.units.map((unit) => unit.nals.length)).toEqual([1, 1, 3]);
});

test("rtp-02: a marker on SPS, PPS and SEI ends no access unit", () => {
  const stream = new SampleStream("h264");
  const sei = Uint8Array.of(6, 229, 4, 1, 2, 3, 4, 0x80);
  const nals = [SETS.h264.sps, SETS.h264.pps, sei, slice("h264", "key")];
  for (const nal of nals) stream.send(nal, 9000, true);
  expect(stream.units.map(hex)).toEqual([hexOf(...nals)]);
});

describe.each(CODECS)("fragments of %s", (codec) => {
  const key = slice(codec, "key", 3_000);
  const parts = payloadsOf(codec, key, 700);
  const fuHeader = codec === "h264" ? 1 : 2;
  const opened = (): SampleStream => {
    const stream = new SampleStream(codec, { parameterSets: announced(codec) });
    stream.picture([slice(codec, "key")], 0);
    return stream;
  };
  const sendAll = (stream: SampleStream, payloads: readonly Uint8Array[], timestamp: number): void =>
    payloads.forEach((payload, at) => {
      stream.send(payload, timestamp, at === payloads.length - 1);
    });

  test("rtp-03: with start and end both set are a whole NAL unit", () => {
    const stream = opened();
    const [whole] = payloadsOf(codec, slice(codec, "plain", 300), 200);
    const both = concatBytes([whole!.subarray(0, fuHeader + 1), slice(codec, "plain", 300).subarray(fuHeader)]);
    both[fuHeader]! |= 0x40;
    stream.send(both, 3600, true);
    expect(hex(stream.units[1])).toEqual(hexOf(slice(codec, "plain", 300)));
    expect(stream.receiver.tolerated).toEqual({ "fragment-is-whole": 1 });
  });

  test("rtp-04: without their start are dropped, and the loss is told", () => {
    const stream = opened();
    stream.lose();
    sendAll(stream, parts.slice(1), 3600);
    stream.plain(7200);
    stream.key(10_800);
    expect(stream.units.map((unit) => [unit.key, unit.afterLoss])).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ]);
    expect(stream.losses.map((loss) => loss.packets)).toEqual([1]);
    expect(stream.receiver.statistics).toMatchObject({ lostPackets: 1, damagedPictures: 1 });
  });

  test("rtp-04: a new start discards the unfinished unit", () => {
    const stream = opened();
    sendAll(stream, parts.slice(0, 2).concat(parts), 3600);
    expect(stream.units.slice(1).map(hex)).toEqual([hexOf(key)]);
    expect(stream.receiver.tolerated).toEqual({ "fragment-without-end": 1 });
  });

  test("rtp-04: a new start that is not the same unit's discards the picture, and the loss is told", () => {
    const stream = opened();
    const rest = payloadsOf(codec, slice(codec, "key", 2_000, true), 700);
    sendAll(stream, parts.slice(0, 2).concat(rest), 3600);
    stream.plain(7200);
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual([0, 7200]);
    expect(stream.units[1]?.afterLoss).toBe(true);
    expect(stream.losses.map((loss) => loss.packets)).toEqual([0]);
  });

  test("rtp-04: seen first when joining, are not taken for a loss", () => {
    const stream = new SampleStream(codec);
    sendAll(stream, parts.slice(2), 0);
    stream.key(3600);
    expect(stream.units).toHaveLength(1);
    expect(stream.losses).toEqual([]);
  });

  test("rtp-05: go by the first one's header, whatever later ones and the reserved bit say", () => {
    const stream = opened();
    const odd = parts.map((part, at) => {
      const copy = part.slice();
      const typeMask = codec === "h264" ? 0x1f : 0x3f;
      if (at > 0) copy[fuHeader] = (copy[fuHeader]! & ~typeMask) | 1;
      if (codec === "h264") copy[fuHeader]! |= 0x20;
      return copy;
    });
    sendAll(stream, odd, 3600);
    expect(hex(stream.units[1])).toEqual(hexOf(key));
    expect(stream.units[1]?.key).toBe(true);
  });

  test("rtp-07: with start codes cut at any place are split after they are joined", () => {
    const nals = [...setsOf(codec), slice(codec, "key", 900)];
    for (const code of [START, START.subarray(1)]) {
      const joined = concatBytes([
        ...nals.flatMap((nal, at) => (at > 0 ? [code, nal] : [nal])),
        // Also at the very end.
        code,
      ]);
      for (let cut = 12; cut < 120; cut++) {
        const stream = new SampleStream(codec);
        const head = payloadsOf(codec, joined, cut);
        sendAll(stream, head, 0);
        expect(stream.units.map(hex)).toEqual([hexOf(...nals)]);
      }
    }
  });

  test("rtp-09: that are empty are skipped, and so is an RTP packet without a payload", () => {
    const stream = opened();
    const empty = parts[1]!.subarray(0, fuHeader + 1);
    sendAll(stream, [parts[0]!, empty, new Uint8Array(), ...parts.slice(1)], 3600);
    stream.plain(7200);
    expect(stream.units.map((unit) => unit.afterLoss)).toEqual([false, false, false]);
    expect(hex(stream.units[1])).toEqual(hexOf(key));
    expect(stream.receiver.statistics.lostPackets).toBe(0);
  });
});

test.each(CODECS)("rtp-06: Annex B inside a packet is split into NAL units (%s)", (codec) => {
  const nals = [...setsOf(codec), slice(codec, "key")];
  for (const code of [START, START.subarray(1)])
    for (const front of [new Uint8Array(), code]) {
      const stream = new SampleStream(codec);
      const body = concatBytes(nals.flatMap((nal, at) => (at > 0 ? [code, nal] : [nal])));
      stream.send(concatBytes([front, body, new Uint8Array(3)]), 0, true);
      expect(stream.units.map(hex)).toEqual([hexOf(...nals)]);
    }
});

describe("rtp-08: a camera that never sets the marker", () => {
  test("has its pictures told apart by timestamp, one picture late", () => {
    const stream = new SampleStream("h264");
    for (let n = 0; n < 50; n++) {
      const nals = n % 25 === 0 ? [...setsOf("h264"), slice("h264", "key")] : [slice("h264", "plain", 20 + n)];
      for (const nal of nals) stream.send(nal, n * 3600);
    }
    expect(stream.units).toHaveLength(49);
    stream.receiver.flush();
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual(Array.from({ length: 50 }, (_, n) => n * 3600));
  });

  test("and never changes the timestamp either is stopped at 16 MiB and comes back", () => {
    const stream = new SampleStream("h264", { parameterSets: announced("h264") });
    stream.picture([slice("h264", "key")], 0);
    const body = slice("h264", "plain", 60_000);
    for (let n = 0; n < 600; n++) stream.send(body, 3600);
    expect(stream.receiver.tolerated["unit-too-large"]).toBe(1);
    stream.key(7200);
    expect(stream.units.map((unit) => unit.key)).toEqual([true, true]);
  });

  test("nor ends a fragment is stopped as well", () => {
    const stream = new SampleStream("h264", { parameterSets: announced("h264") });
    stream.picture([slice("h264", "key")], 0);
    const [first, middle] = payloadsOf("h264", slice("h264", "plain", 150_000), 50_000);
    stream.send(first!, 3600);
    for (let n = 0; n < 600; n++) stream.send(middle!, 3600);
    expect(stream.receiver.tolerated["unit-too-large"]).toBe(1);
    stream.key(7200);
    expect(stream.units.map((unit) => unit.key)).toEqual([true, true]);
  });
});

describe("rtp-10: frames stamped hours away", () => {
  const HOUR = 3600 * 90_000;

  test.each([
    ["9,800 s in the past", -9800 * 90_000],
    ["37,600 s in the future", 37_600 * 90_000],
  ])("one in 50, %s, is placed beside its neighbours", (_, away) => {
    const stream = new SampleStream("h264");
    stream.key(2 * HOUR);
    for (let n = 1; n < 300; n++) stream.plain(2 * HOUR + n * 3600 + (n % 50 === 49 ? away : 0) + 2 ** 32);
    expect(stream.units).toHaveLength(300);
    stream.units.forEach((unit, n) => {
      expect(Math.abs(unit.rtpTime - n * 3600)).toBeLessThanOrEqual(n % 50 === 49 ? 1800 : 0);
      expect(unit.dts).toBeGreaterThan(n > 0 ? stream.units[n - 1]!.dts : -1);
    });
    expect(stream.receiver.tolerated["timestamp-outlier"]).toBe(6);
  });

  test.each([-5 * HOUR, -90_000, 10 * HOUR, 5 * 90_000])(
    "a jump of %i ticks that stays is joined without a hole",
    (jump) => {
      const stream = new SampleStream("h264");
      stream.key(6 * HOUR);
      for (let n = 1; n < 100; n++) stream.plain((6 * HOUR + n * 3600 + (n >= 50 ? jump : 0)) % 2 ** 32);
      const steps = stream.units.slice(1).map((unit, n) => unit.rtpTime - stream.units[n]!.rtpTime);
      expect(Math.min(...steps)).toBeGreaterThanOrEqual(1800);
      expect(Math.max(...steps)).toBeLessThanOrEqual(5400);
      expect(stream.receiver.tolerated).toEqual({ "timestamp-outlier": 1, "timeline-joined": 1 });
    },
  );

  test("a camera that was stalled and then sends all at once is believed", () => {
    const stream = new SampleStream("h264");
    stream.key(0);
    for (let n = 1; n < 50; n++) stream.plain(n * 3600);
    stream.nowMs += 8_000;
    for (let n = 50; n < 250; n++) stream.plain(n * 3600, 0);
    stream.nowMs += 2_000;
    for (let n = 300; n < 350; n++) stream.plain(n * 3600);
    expect(stream.units.at(-1)?.rtpTime).toBe(349 * 3600);
    expect(stream.receiver.tolerated).toEqual({});
  });
});

describe("rtp-11: the 32-bit wrap", () => {
  test("passes unseen", () => {
    const stream = new SampleStream("h264");
    const first = 2 ** 32 - 2 * 90_000;
    stream.key(first);
    for (let n = 1; n < 250; n++) stream.plain(first + n * 3600);
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual(stream.units.map((_, n) => n * 3600));
    expect(stream.receiver.tolerated).toEqual({});
  });

  test("passes unseen with reordered pictures over it, and after a silence of a day", () => {
    const stream = new SampleStream("h264");
    const first = 2 ** 32 - 20 * 3600;
    const shown = reordered(60);
    stream.key(first);
    for (const n of shown) stream.plain(first + n * 3600);
    expect(stream.units.slice(1).map((unit) => unit.rtpTime)).toEqual(shown.map((n) => n * 3600));
    stream.nowMs += 86_400_000;
    stream.plain(first + 70 * 3600 + 86_400 * 90_000);
    expect(stream.units.at(-1)?.rtpTime).toBe(70 * 3600 + 86_400 * 90_000);
    expect(stream.receiver.tolerated).toEqual({});
  });
});

/** Order in which pictures 1.. are decoded when each P is followed by the two B that are shown before it. */
const reordered = (count: number): number[] =>
  Array.from({ length: count / 3 }, (_, group) => [3, 1, 2].map((n) => group * 3 + n)).flat();

describe("rtp-13: B pictures", () => {
  test.each([
    ["announced by the SPS", SETS.h264.spsSmall],
    ["not announced by the SPS", SETS.h264.sps],
  ])("%s keep their order of arrival, with decode times that grow", (_, sps) => {
    const stream = new SampleStream("h264");
    const shown = reordered(90);
    stream.picture([sps, SETS.h264.pps, slice("h264", "key")], 0);
    for (const n of shown) stream.plain(n * 3600);
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual([0, ...shown.map((n) => n * 3600)]);
    const settled = stream.units.slice(6);
    settled.forEach((unit, n) => {
      expect(unit.dts).toBeLessThanOrEqual(unit.rtpTime);
      expect(unit.rtpTime - unit.dts).toBeLessThanOrEqual(4 * 3600);
      if (n > 0) expect(unit.dts - settled[n - 1]!.dts).toBe(3600);
    });
    stream.units.slice(1).forEach((unit, n) => {
      expect(unit.dts).toBeGreaterThan(stream.units[n]!.dts);
    });
    expect(stream.receiver.tolerated).toEqual({});
  });
});

test("rtp-14: parameter sets that flicker neither reopen the track nor leave the samples", () => {
  const stream = new SampleStream("h264");
  for (let n = 0; n < 10; n++) {
    const pps = n % 2 ? SETS.h264.ppsOtherQp : SETS.h264.pps;
    stream.picture([SETS.h264.sps, pps, slice("h264", "key")], n * 90_000, 1000);
    expect(hex(stream.units[n])).toEqual(hexOf(SETS.h264.sps, pps, slice("h264", "key")));
    expect(stream.units[n]?.format.parameterSets.pps).toEqual([pps]);
  }
  expect(stream.formats).toHaveLength(1);
});

test("rtp-15: a changed resolution is told before the key picture that has it, not before", () => {
  const stream = new SampleStream("h264");
  stream.key(0);
  stream.picture([SETS.h264.spsSmall, SETS.h264.pps, slice("h264", "plain")], 3600);
  expect(stream.formats.map((format) => format.height)).toEqual([1080]);
  stream.picture([SETS.h264.spsSmall, SETS.h264.pps, slice("h264", "key")], 7200);
  expect(stream.formats.map((format) => format.height)).toEqual([1080, 720]);
  expect(stream.units.map((unit) => unit.format.height)).toEqual([1080, 1080, 720]);
});

describe("rtp-16: H.265 aggregation", () => {
  test("opens the track, with sets and SEI in one packet of type 48", () => {
    const stream = new SampleStream("h265");
    const sei = Uint8Array.of(0x4e, 1, 5, 1, 9, 0x80);
    stream.send(aggregateOf("h265", [...setsOf("h265"), sei]), 0);
    stream.send(slice("h265", "key"), 0, true);
    expect(hex(stream.units[0])).toEqual(hexOf(...setsOf("h265"), sei, slice("h265", "key")));
    expect(stream.receiver.tolerated).toEqual({});
  });

  test.each(CODECS)("a length beyond the packet drops that packet only (%s)", (codec) => {
    const stream = new SampleStream(codec, { parameterSets: announced(codec) });
    const broken = aggregateOf(codec, setsOf(codec));
    stream.send(broken.subarray(0, broken.length - 1), 0);
    stream.send(slice(codec, "key"), 0, true);
    expect(stream.units.map(hex)).toEqual([hexOf(slice(codec, "key"))]);
    const withSlice = aggregateOf(codec, [slice(codec, "plain"), slice(codec, "plain", 9, true)]);
    stream.send(withSlice.subarray(0, withSlice.length - 1), 3600, true);
    stream.plain(7200);
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual([0, 7200]);
    expect(stream.units[1]?.afterLoss).toBe(true);
    expect(stream.receiver.tolerated["aggregate-broken"]).toBe(2);
  });
});

test.each(CODECS)("rtp-17: a stray byte behind the SPS is carried as it came (%s)", (codec) => {
  const stream = new SampleStream(codec);
  const sets = setsOf(codec).map((nal) => (nal === SETS[codec].sps ? concatBytes([nal, Uint8Array.of(0x5a)]) : nal));
  stream.picture([...sets, slice(codec, "key")], 0);
  expect(hex(stream.units[0])).toEqual(hexOf(...sets, slice(codec, "key")));
  expect(stream.formats[0]).toMatchObject({ width: 1920, height: 1080 });
});

test.each(CODECS)("rtp-17: an SPS that ends in its VUI opens the track, counted (%s)", (codec) => {
  const stream = new SampleStream(codec);
  const cut = codec === "h264" ? 13 : 32;
  const sets = setsOf(codec).map((nal) => (nal === SETS[codec].sps ? nal.subarray(0, cut) : nal));
  stream.picture([...sets, slice(codec, "key")], 0);
  expect(stream.formats[0]).toMatchObject({ width: 1920, height: 1080 });
  expect(stream.receiver.tolerated).toEqual({ "parameter-set-unparsed-rest": 1 });
});

describe("rtp-18: unknown sources", () => {
  const foreign = (sequence: number, timestamp: number, marker = true): Uint8Array =>
    rtpPacket({ sequence, timestamp, marker, ssrc: 0xdeadbeef }, slice("h264", "plain", 5));

  test("1 in 20 packets foreign, the first one too, moves neither sequence nor time nor loss", () => {
    const stream = new SampleStream("h264");
    for (let n = 0; n < 200; n++) {
      if (n % 20 === 0) stream.receiver.rtp(foreign(n * 7, n * 99), stream.nowMs);
      if (n % 10 === 0) stream.key(n * 3600);
      else stream.plain(n * 3600);
    }
    const first = stream.units[0]!;
    expect(stream.units.length).toBeGreaterThan(185);
    expect(stream.units.every((unit) => (unit.rtpTime - first.rtpTime) % 3600 === 0)).toBe(true);
    expect(stream.receiver.statistics.lostPackets).toBe(0);
  });

  test("a new source is followed only when the known one is silent for 2 s and it is steady", () => {
    const stream = new SampleStream("h264");
    stream.key(0);
    for (let n = 1; n < 25; n++) stream.plain(n * 3600);
    let sequence = 500;
    const other = (pictures: number): void => {
      for (let n = 0; n < pictures; n++) {
        const nals = n % 5 === 0 ? [...setsOf("h264"), slice("h264", "key")] : [slice("h264", "plain")];
        for (const nal of nals) {
          const fields = { sequence: sequence++, timestamp: 900_000 + n * 3600, marker: nal === nals.at(-1), ssrc: 9 };
          stream.receiver.rtp(rtpPacket(fields, nal), stream.nowMs);
        }
        stream.nowMs += 40;
      }
    };
    other(40);
    expect(stream.units).toHaveLength(25);
    stream.nowMs += 2_000;
    other(30);
    const [last, next] = [stream.units[24]!, stream.units[25]!];
    expect(next.key).toBe(true);
    expect(next.rtpTime - last.rtpTime).toBeGreaterThan(2 * 90_000);
    expect(next.rtpTime - last.rtpTime).toBeLessThan(4 * 90_000);
    expect(stream.receiver.tolerated["ssrc-changed"]).toBe(1);
  });
});
