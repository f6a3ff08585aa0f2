import type { VideoCodec } from "../codec/annexb.ts";
import { nalType } from "../codec/annexb.ts";

export const VIDEO_PAYLOAD_TYPE = 96;
export const AUDIO_PAYLOAD_TYPE = 0;

export interface SdpFacts {
  readonly codec: VideoCodec;
  readonly parameterSets: readonly Uint8Array[];
  readonly fps: number;
  readonly audio: boolean;
}

/** What DESCRIBE says of a stream (RFC 8866; parameters after RFC 6184 §8.1 and RFC 7798 §7.1). */
export function describeSdp(facts: SdpFacts): string {
  const lines = [
    "v=0",
    "o=- 1001 1 IN IP4 0.0.0.0",
    "s=Overt sim camera",
    "c=IN IP4 0.0.0.0",
    "t=0 0",
    "a=control:*",
    "a=range:npt=now-",
    `m=video 0 RTP/AVP ${VIDEO_PAYLOAD_TYPE}`,
    `a=rtpmap:${VIDEO_PAYLOAD_TYPE} ${facts.codec === "h264" ? "H264" : "H265"}/90000`,
    `a=fmtp:${VIDEO_PAYLOAD_TYPE} ${videoParameters(facts)}`,
    `a=framerate:${facts.fps}`,
    "a=control:trackID=0",
  ];
  if (facts.audio)
    lines.push(
      `m=audio 0 RTP/AVP ${AUDIO_PAYLOAD_TYPE}`,
      `a=rtpmap:${AUDIO_PAYLOAD_TYPE} PCMU/8000`,
      "a=control:trackID=1",
    );
  return `${lines.join("\r\n")}\r\n`;
}

function videoParameters({ codec, parameterSets }: SdpFacts): string {
  const base64 = (type: number) =>
    parameterSets
      .filter((nal) => nalType(codec, nal) === type)
      .map((nal) => Buffer.from(nal).toString("base64"))
      .join(",");
  if (codec === "h265") return `sprop-vps=${base64(32)};sprop-sps=${base64(33)};sprop-pps=${base64(34)}`;
  const sps = parameterSets.find((nal) => nalType(codec, nal) === 7);
  const profile = Buffer.from(sps?.subarray(1, 4) ?? [])
    .toString("hex")
    .toUpperCase();
  return `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${base64(7)},${base64(8)}`;
}
