import { type GapCause, OvertError } from "@overt/core";

interface Failure {
  /** What a gap in the recording is called while this lasts. */
  readonly cause: GapCause;
  readonly hint: string;
}

/** Every way in which a stream can fail to give pictures, and what a person can do about it. */
export const STREAM_FAILURES = {
  AUTH_BASIC_REFUSED: {
    cause: "auth_failed",
    hint: "Switch the camera to Digest or RTSPS, or allow Basic for this camera: it shows the password to the network.",
  },
  AUTH_FAILED: { cause: "auth_failed", hint: "Check the camera's user name and password." },
  AUTH_FORBIDDEN: {
    cause: "auth_failed",
    hint: "Give the camera's account the right to view this stream, or wait until the camera lifts its lock.",
  },
  AUTH_REQUIRED: { cause: "auth_failed", hint: "Enter the camera's user name and password." },
  AUTH_UNSUPPORTED: {
    cause: "auth_failed",
    hint: "Set the camera's RTSP authentication to Digest (MD5 or SHA-256).",
  },
  CAMERA_CLOSED: {
    cause: "camera_unreachable",
    hint: "If it repeats, look at the camera's log: it may be restarting or out of sessions.",
  },
  CAMERA_FULL: {
    cause: "camera_unreachable",
    hint: "Close other viewers of this camera, or raise its limit of sessions. It is tried again slowly.",
  },
  CAMERA_LOST: { cause: "camera_unreachable", hint: "Check the camera's power and its network." },
  CAMERA_NAME_UNKNOWN: { cause: "camera_unreachable", hint: "Check the host name, or use the camera's IP address." },
  CAMERA_NO_MEDIA: {
    cause: "camera_silent",
    hint: "Open the stream in the camera's own page; if it is black there too, restart the camera.",
  },
  CAMERA_REFUSED: {
    cause: "camera_unreachable",
    hint: "Check the port (RTSP is usually 554, RTSPS 322) and that RTSP is switched on in the camera.",
  },
  CAMERA_SILENT: {
    cause: "camera_silent",
    hint: "Check that the port is the camera's RTSP port; if it is, restart the camera.",
  },
  CAMERA_STALE_SESSION: {
    cause: "camera_unreachable",
    hint: "Nothing to do: the recorder waits until the old session has timed out. A firmware update may cure it.",
  },
  CAMERA_UNREACHABLE: { cause: "camera_unreachable", hint: "Check the camera's address, its power and its network." },
  CODEC_UNSUPPORTED: { cause: "camera_silent", hint: "Set the camera's stream to H.264 or H.265." },
  DESCRIBE_NOT_SDP: {
    cause: "camera_silent",
    hint: "Check the stream's path: the camera describes something else there.",
  },
  REDIRECT_HOST_REFUSED: {
    cause: "auth_failed",
    hint: "If that host may have this camera's password, add it to the hosts allowed for the camera.",
  },
  REDIRECT_INVALID: { cause: "camera_unreachable", hint: "Set the stream's final URL in the camera's settings here." },
  REDIRECT_LOOP: { cause: "camera_unreachable", hint: "Set the stream's final URL in the camera's settings here." },
  RTSP_FRAMING_LOST: {
    cause: "camera_unreachable",
    hint: "If it repeats, lower the stream's bit rate: the camera's send buffer overflows.",
  },
  RTSP_MESSAGE_TOO_LONG: { cause: "camera_unreachable", hint: "Check that the port is the camera's RTSP port." },
  RTSP_NOT_SPOKEN: {
    cause: "camera_unreachable",
    hint: "Check the port (RTSP is usually 554, RTSPS 322) and whether the URL needs rtsps://.",
  },
  RTSP_REFUSED: {
    cause: "camera_unreachable",
    hint: "Look up the status in the camera's manual, or restart the camera.",
  },
  STREAM_AUDIO_ONLY: {
    cause: "camera_silent",
    hint: "Choose a path that carries video. Overt takes no audio.",
  },
  STREAM_NOT_FOUND: { cause: "camera_unreachable", hint: "Check the path in the stream's URL." },
  STREAM_NO_VIDEO: { cause: "camera_silent", hint: "Choose a path that carries video." },
  TLS_UNTRUSTED: {
    cause: "camera_unreachable",
    hint: "Give the CA's certificate or the camera's fingerprint in its settings.",
  },
  TRANSPORT_REFUSED: {
    cause: "camera_unreachable",
    hint: "Switch RTSP over TCP (interleaved) on in the camera. If it has UDP only, set its transport to udp here: packets may then be lost.",
  },
  UDP_PORTS_UNAVAILABLE: {
    cause: "camera_unreachable",
    hint: "Free some UDP ports or file descriptors on this machine, or set the camera's transport to tcp.",
  },
} as const satisfies Record<string, Failure>;

export type StreamFailureCode = keyof typeof STREAM_FAILURES;

/** An error with the code's own hint. `message` names the stream and the thing, never a credential. */
export function streamFailure(code: StreamFailureCode, message: string, cause?: unknown): OvertError {
  return new OvertError(code, message, { hint: STREAM_FAILURES[code].hint, cause });
}

/** What the gap is called that this error makes. */
export function gapCauseOf(error: OvertError): GapCause {
  return Object.hasOwn(STREAM_FAILURES, error.code)
    ? STREAM_FAILURES[error.code as StreamFailureCode].cause
    : "camera_unreachable";
}
