export { parseChallenges } from "./challenge.ts";
export type { Credentials } from "./digest.ts";
export { gapCauseOf, STREAM_FAILURES, type StreamFailureCode, streamFailure } from "./failures.ts";
export { closedAtTimeout, type KeepAliveMethod, otherKeepAlive } from "./keepalive.ts";
export { RtspReader, type RtspSink } from "./reader.ts";
export { parseSdp, type Sdp, type SdpVideo, videoOf } from "./sdp.ts";
export { RtspSession, type RtspSessionEvents, type RtspSessionOptions } from "./session.ts";
export type { UdpPorts } from "./transport.ts";
export { parseRtspUrl, type RtspUrl, readRtspUrl, sameOrigin } from "./url.ts";
