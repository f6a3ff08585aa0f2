import type { InterleavedFrame, RtspReply, RtspRequest } from "./message.ts";
import type { RtpPayload } from "./rtp.ts";
import type { SdpFacts } from "./sdp.ts";
import type { SentPicture } from "./feed.ts";

/** What a hook may know of the connection that it acts on. */
export interface ConnectionFacts {
  /** Connections since the camera started, this one included. */
  readonly number: number;
  /** Open connections, this one included. */
  readonly open: number;
  readonly host: string;
  readonly port: number;
  readonly startedMs: number;
  close(): void;
  /** Sends bytes as they are. */
  write(bytes: Uint8Array | string): void;
  /** Free for the hook's own notes on this connection. */
  readonly notes: Map<string, unknown>;
}

/** Instead of an answer. */
export type NoReply = "silence" | "close";

/**
 * Where a fault takes hold of a camera. Hooks of several faults run in the order in which they were named;
 * a camera without faults has none of them.
 */
export interface Hooks {
  /** A connection was accepted; `false` when the camera will read nothing from it. */
  accept?(connection: ConnectionFacts): boolean;
  /** Before the camera's own handling. */
  request?(request: RtspRequest, connection: ConnectionFacts): RtspReply | NoReply | undefined;
  sdpFacts?(facts: SdpFacts): SdpFacts;
  sdp?(body: string, baseUrl: string): string;
  /** The camera's own answer, before it is written. */
  reply?(reply: RtspReply, request: RtspRequest, connection: ConnectionFacts): RtspReply | NoReply;
  /** The answer as text, just before it leaves. */
  wire?(text: string, request: RtspRequest): string;
  /** Packets of a picture, before a client's numbers are in them. */
  payloads?(payloads: readonly RtpPayload[], picture: SentPicture): readonly RtpPayload[];
  /** Every interleaved write of media. */
  bytes?(bytes: Buffer, connection: ConnectionFacts): Buffer;
  /** First RTP timestamp of a session. */
  firstTimestamp?(): number;
  /** The camera's clock: what it takes for UTC, in ms. */
  wallMs?(wallMs: number, sinceStartMs: number): number;
  /** Media sent before the answer to PLAY, marker of a channel and SSRC given. */
  beforePlayReply?: boolean;
  /** Audio is pushed on a channel that nobody asked for. */
  pushAudio?: boolean;
  /** Bytes from the client that are no request. */
  interleaved?(frame: InterleavedFrame): void;
  /** Nothing of the camera is sent any more, in no direction. */
  muted?(): boolean;
}

/** All hooks of one name, in order. */
export function hooksNamed<Name extends keyof Hooks>(
  all: readonly Hooks[],
  name: Name,
): { [Key in Name]-?: NonNullable<Hooks[Key]> }[Name][] {
  return all.flatMap((hooks) => {
    const hook = hooks[name];
    return hook === undefined ? [] : [hook as NonNullable<Hooks[Name]>];
  });
}
