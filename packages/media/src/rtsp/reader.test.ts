import { fc, test as propertyTest } from "@fast-check/vitest";
import { concatBytes, OvertError, utf8 } from "@overt/core";
import { describe, expect, test } from "vitest";
import { RtspReader } from "./reader.ts";

/** What came out, in words that can be compared. */
class Log {
  readonly seen: string[] = [];
  skippedBytes = 0;
  readonly reader: RtspReader;

  constructor() {
    this.reader = new RtspReader({
      message: (message) => {
        if (message.kind === "request") this.seen.push(`${message.method} ${message.headers.get("cseq")}`);
        else this.seen.push(`${message.status} ${message.headers.get("cseq")} ${message.body.length}`);
      },
      interleaved: (channel, payload) => this.seen.push(`$${channel} ${payload.length} ${sequenceOf(payload)}`),
      fits: (channel, size, first, second) => channel === 0 && size >= 12 && first >> 6 === 2 && (second & 0x7f) === 96,
      skipped: (bytes) => {
        this.skippedBytes += bytes;
      },
    });
  }
}

const sequenceOf = (packet: Uint8Array): number => ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);

/** An interleaved RTP packet of 12 bytes and a body that looks like nothing. */
function frame(sequence: number, bodyBytes: number, channel = 0): Uint8Array {
  const packet = new Uint8Array(16 + bodyBytes).fill(0x55);
  packet.set([0x24, channel, (12 + bodyBytes) >> 8, (12 + bodyBytes) & 0xff, 0x80, 96, sequence >> 8, sequence & 0xff]);
  return packet;
}

const ok = (cseq: number, body = ""): Uint8Array =>
  utf8(`RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

function read(...chunks: Uint8Array[]): Log {
  const log = new Log();
  for (const chunk of chunks) log.reader.push(chunk);
  return log;
}

test("rtsp-13 OvenMediaEngine#1936: heads end in CRLF, in LF, or in a mixture", () => {
  const challenge = 'WWW-Authenticate: Basic realm="/"';
  const log = read(
    utf8(`RTSP/1.0 401 Unauthorized\nCSeq: 1\n${challenge}\n${challenge}\n\n`),
    utf8("RTSP/1.0 200 OK\nCSeq: 2\r\nContent-Length: 2\n\r\nab"),
    utf8("RTSP/1.0 200 OK\r\nCSeq: 3\r\n\n"),
  );
  expect(log.seen).toEqual(["401 1 0", "200 2 2", "200 3 0"]);
});

test("rtsp-14 retina#77: names are compared without case and values trimmed", () => {
  const log = read(
    utf8("RTSP/1.0 200 OK\r\nCseq:7 \r\nContent-length:  3\r\n\r\nabc"),
    utf8("RTSP/1.0  200\r\nCSEQ : 8\r\n\r\n"),
  );
  expect(log.seen).toEqual(["200 7 3", "200 8 0"]);
});

test("a line that begins with a blank goes on with the one before", () => {
  expect(read(utf8("RTSP/1.0 200 OK\r\nX: a\r\n CSeq: 5\r\nCSeq:\r\n\t7\r\n\r\n")).seen).toEqual(["200 7 0"]);
});

test("rtsp-08 retina#46: packets, answers and requests are told apart by the first byte of each", () => {
  const log = read(
    concatBytes([frame(1, 3), frame(2, 3, 1), ok(4, "x"), utf8("OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n"), frame(3, 0)]),
  );
  expect(log.seen).toEqual(["$0 15 1", "$1 15 2", "200 4 1", "OPTIONS 9", "$0 12 3"]);
});

test("line ends between messages are passed over", () => {
  expect(read(concatBytes([ok(1), utf8("\r\n"), frame(1, 3), utf8("\n"), ok(2)])).seen).toHaveLength(3);
});

test("a packet that lies whole in a chunk is handed out without a copy", () => {
  const chunk = concatBytes([frame(1, 100), frame(2, 100)]);
  const buffers: ArrayBufferLike[] = [];
  const reader = new RtspReader({
    message: () => {},
    interleaved: (_, payload) => buffers.push(payload.buffer),
    fits: () => false,
    skipped: () => {},
  });
  reader.push(chunk);
  expect(buffers).toEqual([chunk.buffer, chunk.buffer]);
});

test("nothing is handed out after it was stopped, not even from the same chunk", () => {
  const seen: number[] = [];
  const reader: RtspReader = new RtspReader({
    message: () => {},
    interleaved: (_, payload) => {
      seen.push(sequenceOf(payload));
      reader.stop();
    },
    fits: () => false,
    skipped: () => {},
  });
  reader.push(concatBytes([frame(1, 3), frame(2, 3)]));
  reader.push(frame(3, 3));
  expect(seen).toEqual([1]);
});

describe("rtsp-17 retina#80: framing lost", () => {
  const frames = Array.from({ length: 20 }, (_, n) => frame(n, 200));

  test("after 100 bytes cut out of a packet, it and nothing else is missing", () => {
    const whole = concatBytes([ok(1), ...frames]);
    const cutAt = ok(1).length + 216 * 10 + 50;
    const log = read(concatBytes([whole.subarray(0, cutAt), whole.subarray(cutAt + 100)]));
    const expected = ["200 1 0", ...frames.map((_, n) => `$0 212 ${n}`)].filter((_, n) => n !== 11);
    expect(log.seen).toEqual(expected);
    expect(log.skippedBytes).toBe(116);
  });

  test("an answer ends the search, too", () => {
    const log = read(concatBytes([ok(1), utf8("what is this? $x"), ok(2)]));
    expect(log.seen).toEqual(["200 1 0", "200 2 0"]);
    expect(log.skippedBytes).toBe(16);
  });

  test("the search has an end", () => {
    const log = read(ok(1));
    const noise = new Uint8Array(65_536).fill(0x55);
    expect(() => {
      for (let n = 0; n < 6; n++) log.reader.push(noise);
    }).toThrow(expect.objectContaining({ code: "RTSP_FRAMING_LOST" }));
  });
});

test.each([
  ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n", '"HTTP/1.1 400 Bad Request"'],
  ["an SSH server", "SSH-2.0-OpenSSH_9.2\r\n", '"SSH-2.0-OpenSSH_9.2\\r\\n"'],
  ["a TLS server", "\x15\x03\x01\x00\x02\x02\x16", "bytes 15 03 01 00 02 02 16"],
])("garbage on the port: %s is named by its first bytes", (_, text, shown) => {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  expect(() => read(bytes)).toThrow(
    expect.objectContaining({ code: "RTSP_NOT_SPOKEN", message: expect.stringContaining(shown) }),
  );
});

test("a head without end and a body beyond reason are refused before anything is kept for them", () => {
  const tooLong = expect.objectContaining({ code: "RTSP_MESSAGE_TOO_LONG" });
  expect(() => read(utf8("RTSP/1.0 200 OK\r\nContent-Length: 4294967295\r\n\r\n"))).toThrow(tooLong);
  const line = utf8(`X: ${"x".repeat(1_000)}\r\n`);
  expect(() => read(utf8("RTSP/1.0 200 OK\r\n"), ...Array.from({ length: 30 }, () => line))).toThrow(tooLong);
});

test("a Content-Length that is no number counts as none", () => {
  expect(read(utf8("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: -5\r\n\r\n"), ok(2)).seen).toEqual([
    "200 1 0",
    "200 2 0",
  ]);
});

const piece = fc.oneof(
  fc.tuple(fc.nat(0xffff), fc.nat(3_000)).map(([sequence, bytes]) => frame(sequence, bytes)),
  fc.tuple(fc.nat(9_999), fc.string({ maxLength: 300, unit: "grapheme-ascii" })).map(([cseq, body]) => ok(cseq, body)),
);

propertyTest.prop([fc.array(piece, { minLength: 1 }), fc.array(fc.nat())])(
  "what comes out does not depend on where the chunks are cut",
  (pieces, cuts) => {
    const whole = concatBytes([ok(0), ...pieces]);
    const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
    const log = new Log();
    for (let n = 1; n < places.length; n++) log.reader.push(whole.slice(places[n - 1], places[n]));
    expect(log.seen).toEqual(read(whole).seen);
    expect(log.seen).toHaveLength(pieces.length + 1);
    expect(log.skippedBytes).toBe(0);
  },
);

propertyTest.prop([fc.array(fc.uint8Array({ maxLength: 200 })), fc.boolean()])(
  "any bytes end in nothing worse than an error of ours",
  (chunks, spoken) => {
    const log = new Log();
    try {
      if (spoken) log.reader.push(ok(1));
      for (const chunk of chunks) log.reader.push(chunk);
      expect(log.skippedBytes).toBeGreaterThanOrEqual(0);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(OvertError);
    }
  },
);
