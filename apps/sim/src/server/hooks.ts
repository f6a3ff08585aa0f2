import type { AuthOptions } from "./auth.ts";
import type { SentPicture } from "./feed.ts";
import type { RtspReply, RtspRequest } from "./message.ts";
import type { RtpPayload } from "./rtp.ts";

/** What a hook may know of the connection that it acts on. */
export interface ConnectionFacts {
  /** Connections since the camera started, this one included. */
  readonly number: number;
  readonly host: string;
  readonly port: number;
  readonly client: string;
  readonly startedMs: number;
  readonly closed: () => boolean;
  close(): void;
  /** Sends bytes as they are. */
  write(bytes: Uint8Array | string): void;
  /** Free for hooks' own notes on this connection. */
  readonly notes: Map<string, unknown>;
}

/** Instead of an answer. */
export type NoReply = "silence" | "close";

/**
 * Where a fault takes hold of a camera. Hooks of several faults run in the order in which they were named;
 * a camera without faults has none of them.
 */
export interface Hooks {
  /** Login as it must be given, over the camera's own. */
  readonly auth?: Partial<AuthOptions>;
  readonly sessionTimeoutS?: number;
  /** The port is closed and all connections are cut. */
  readonly off?: boolean;
  /** Nothing is sent or read any more, on any connection, and none is closed. */
  muted?(): boolean;
  /** The camera's clock: what it takes for UTC, in ms. */
  wallMs?(wallMs: number, sinceStartMs: number): number;

  /** A connection was accepted; false when the camera will read nothing from it. */
  accept?(connection: ConnectionFacts): boolean;
  closed?(connection: ConnectionFacts): void;
  /** Whether a request counts as a sign of life; bytes that are no request then do not. */
  alive?(request: RtspRequest, connection: ConnectionFacts): boolean;
  /** How long the camera thinks before it answers. */
  delayMs?(request: RtspRequest, connection: ConnectionFacts): number;
  /** Before the camera's own handling. */
  request?(request: RtspRequest, connection: ConnectionFacts): RtspReply | NoReply | undefined;
  /** The path that a request means. */
  path?(path: string): string;
  sdp?(body: string, baseUrl: string, connection: ConnectionFacts): string;
  /** The camera's own answer, before it is written. */
  reply?(reply: RtspReply, request: RtspRequest, connection: ConnectionFacts): RtspReply | NoReply;
  /** The answer as text, just before it leaves. */
  wire?(text: string, request: RtspRequest, connection: ConnectionFacts): string;

  /** The interleaved channel used for the one that was asked for. */
  channel?(asked: number): number;
  /** First RTP timestamp of a session. */
  firstTimestamp?(): number;
  /** A client is sent pictures from the middle of a group on. */
  readonly startsMidGroup?: boolean;
  /** Media is sent before the answer to PLAY. */
  readonly mediaBeforeReply?: boolean;
  /** Audio is sent on a channel that nobody asked for. */
  readonly pushesAudio?: boolean;
  /** Packets of a picture, before a client's numbers are in them. */
  payloads?(payloads: readonly RtpPayload[], picture: SentPicture): readonly RtpPayload[];
  /** Every interleaved write of media. */
  bytes?(bytes: Buffer, connection: ConnectionFacts): Buffer;
}

type Functions = {
  [Key in keyof Hooks as NonNullable<Hooks[Key]> extends (...args: never[]) => unknown ? Key : never]: Hooks[Key];
};

/** All hooks of one name, in order. */
export function hooksNamed<Name extends keyof Functions>(
  all: readonly Hooks[],
  name: Name,
): NonNullable<Hooks[Name]>[] {
  return all.flatMap((hooks) => {
    const hook = hooks[name];
    return hook ? [hook as NonNullable<Hooks[Name]>] : [];
  });
}
