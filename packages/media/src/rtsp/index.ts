export type { Credentials } from "./digest.ts";
export { gapCauseOf, streamFailure } from "./failures.ts";
export { closedAtTimeout, type KeepAliveMethod, otherKeepAlive } from "./keepalive.ts";
export { parseSdp, type SdpVideo, videoOf } from "./sdp.ts";
export { RtspSession, type RtspSessionOptions } from "./session.ts";
export type { UdpPorts } from "./transport.ts";
export { parseRtspUrl, type RtspUrl } from "./url.ts";
