import type { OvertError } from "@overt/core";
import { streamFailure } from "./failures.ts";
import type { RtspResponse } from "./message.ts";
import type { OpenRequest } from "./requests.ts";
import { offered, type Sdp } from "./sdp.ts";

/** A response of 400 or more as an error (RFC 2326 §11.3). The camera's own words are shown cut, and in ASCII. */
export function refusalOf(
  { method, authorized }: OpenRequest,
  { status, reason }: RtspResponse,
  udp: boolean,
): OvertError {
  const said = `${status} ${reason.replace(/[^\x20-\x7e]/g, "?").slice(0, 60)}`.trim();
  switch (status) {
    case 403:
      return streamFailure(
        "AUTH_FORBIDDEN",
        `The camera forbids this stream to ${authorized ? "the account" : "whoever has not logged in"} (${said}).`,
      );
    case 404:
      return streamFailure("STREAM_NOT_FOUND", `The camera knows no stream at this path (${said}).`);
    case 453:
      return streamFailure("CAMERA_FULL", `The camera has no room for another session (${said}).`);
    case 461:
      return streamFailure(
        "TRANSPORT_REFUSED",
        `${udp ? "UDP" : "TCP"} refused: the camera sends by other transports only (${said}).`,
      );
    default:
      return streamFailure("RTSP_REFUSED", `The camera refused ${method} (${said}).`);
  }
}

/** Why nothing of this description can be played. */
export function noVideo(sdp: Sdp): OvertError {
  const offers = offered(sdp);
  if (offers.some((offer) => offer.startsWith("video")))
    return streamFailure("CODEC_UNSUPPORTED", `The camera offers no H.264 or H.265, only ${offers.join("; ")}.`);
  return offers.includes("audio")
    ? streamFailure("STREAM_AUDIO_ONLY", "The stream carries audio and no video.")
    : streamFailure("STREAM_NO_VIDEO", `The stream carries no video, only ${offers.join("; ") || "nothing"}.`);
}
