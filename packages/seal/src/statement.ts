import { concatBytes, type CameraId, type EpochId, type Instant, type SegmentId, type Track, utf8 } from "@overt/core";
import type { Crc32c } from "./crc32c.ts";
import type { Sign, Verify } from "./ed25519.ts";
import { readCamera, readEpoch, readMs, readSegment, writeCamera, writeId, writeMs } from "./fields.ts";
import { encodeRecord, PREFIX_BYTES, type RawRecord, type RecordProblem, viewOf, writePrefix } from "./record.ts";

/** What a recorder says of an epoch when it ends: so that a segment that is missing is missed. */
export interface EpochStatement {
  readonly camera: CameraId;
  readonly track: Track;
  readonly epoch: EpochId;
  /** Trusted UTC ms. */
  readonly start: Instant;
  readonly end: Instant;
  readonly segments: readonly SegmentCount[];
}

export interface SegmentCount {
  readonly segment: SegmentId;
  /** SHA-256 of the segment header record. */
  readonly headerSha256: Uint8Array;
  /** Messages, the init segment among them and the end message not. */
  readonly messages: number;
}

const CONTEXT = utf8("overt/1 epoch statement\n");
const FIXED_BYTES = 68;
const SEGMENT_BYTES = 68;
const SIGNATURE_BYTES = 64;

export async function encodeStatement(
  statement: EpochStatement,
  sign: Sign,
  crc32c?: Crc32c,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = encodeBody(statement);
  const signature = await sign(signedBytes(statement.track, body));
  return encodeRecord("statement", statement.track, 0, [body, signature], crc32c);
}

/** @returns the statement, or `signature` when its recorder did not say so */
export async function verifyStatement(
  record: RawRecord,
  verify: Verify,
): Promise<EpochStatement | RecordProblem | { problem: "signature" }> {
  const statement = parseStatement(record);
  if ("problem" in statement) return statement;
  const body = record.body.subarray(0, -SIGNATURE_BYTES);
  const valid = await verify(signedBytes(statement.track, body), record.body.subarray(-SIGNATURE_BYTES));
  return valid ? statement : { problem: "signature" };
}

/** Without a look at the signature: to index, never to rely on. */
export function parseStatement({ prefix, body }: RawRecord): EpochStatement | RecordProblem {
  if (prefix.type !== "statement") return { problem: "type" };
  if (body.length < FIXED_BYTES + SIGNATURE_BYTES) return { problem: "length" };
  const view = viewOf(body);
  const count = view.getUint32(64);
  if (body.length !== FIXED_BYTES + count * SEGMENT_BYTES + SIGNATURE_BYTES) return { problem: "length" };
  const camera = readCamera(body, 0);
  const start = readMs(view, 48);
  const end = readMs(view, 56);
  if (camera === null || start === null || end === null || prefix.flags !== 0) return { problem: "body" };
  const segments = Array.from({ length: count }, (_, i): SegmentCount => {
    const at = FIXED_BYTES + i * SEGMENT_BYTES;
    return {
      segment: readSegment(body, at),
      headerSha256: body.slice(at + 32, at + 64),
      messages: view.getUint32(at + 64),
    };
  });
  return {
    camera,
    track: prefix.track,
    epoch: readEpoch(body, 32),
    start: start as Instant,
    end: end as Instant,
    segments,
  };
}

function encodeBody(statement: EpochStatement): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(FIXED_BYTES + statement.segments.length * SEGMENT_BYTES);
  const view = viewOf(body);
  writeCamera(body, 0, statement.camera);
  writeId(body, 32, statement.epoch);
  writeMs(view, 48, statement.start);
  writeMs(view, 56, statement.end);
  view.setUint32(64, statement.segments.length);
  statement.segments.forEach(({ segment, headerSha256, messages }, i) => {
    const at = FIXED_BYTES + i * SEGMENT_BYTES;
    writeId(body, at, segment);
    body.set(headerSha256, at + 32);
    view.setUint32(at + 64, messages);
  });
  return body;
}

/** The context keeps a signature from ever being taken for one over another kind of bytes. */
function signedBytes(track: Track, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const signed = concatBytes([CONTEXT, new Uint8Array(PREFIX_BYTES), body]);
  writePrefix(signed.subarray(CONTEXT.length), "statement", track, 0, body.length + SIGNATURE_BYTES);
  return signed;
}
