import type { ParameterSets } from "../codec/format.ts";
import type { Codec } from "../codec/nal.ts";
import { spropParameterSets } from "./sprop.ts";

/** One `m=` section, with what we need of it. */
export interface SdpMedia {
  /** `video`, `audio`, `application`, … in lower case. */
  readonly kind: string;
  readonly payloadTypes: readonly number[];
  readonly control: string | undefined;
  /** Payload type → encoding name in upper case, and clock rate. */
  readonly encodings: ReadonlyMap<number, { readonly name: string; readonly clockRateHz: number }>;
  /** Payload type → its parameters, names in lower case. */
  readonly formats: ReadonlyMap<number, ReadonlyMap<string, string>>;
  /** Pictures per second as announced; often wrong. */
  readonly frameRate: number | undefined;
}

export interface Sdp {
  readonly control: string | undefined;
  readonly media: readonly SdpMedia[];
}

/** The video media that we take. */
export interface SdpVideo {
  readonly codec: Codec;
  readonly payloadType: number;
  readonly clockRateHz: number;
  readonly control: string | undefined;
  readonly fmtp: ReadonlyMap<string, string>;
  /** Empty, or a whole set; those in the stream may differ and then rule. */
  readonly parameterSets: ParameterSets;
  /** Parameter sets that were announced and are none. */
  readonly parameterSetsDropped: number;
  readonly frameRate: number | undefined;
}

interface OpenMedia {
  kind: string;
  payloadTypes: number[];
  control: string | undefined;
  encodings: Map<number, { name: string; clockRateHz: number }>;
  formats: Map<number, Map<string, string>>;
  frameRate: number | undefined;
}

const MAX_MEDIA = 64;

/**
 * Reads a session description (RFC 8866) as cameras send it: any order, any line absent, LF or CRLF. What cannot be
 * read is passed over; it never throws.
 */
export function parseSdp(text: string): Sdp {
  let control: string | undefined;
  const media: OpenMedia[] = [];
  for (const raw of text.split(/[\r\n]+/)) {
    const line = raw.trim();
    if (/^m\s*=/i.test(line)) {
      if (media.length < MAX_MEDIA) media.push(openMedia(line.slice(line.indexOf("=") + 1)));
      continue;
    }
    const attribute = /^a\s*=\s*([^:\s]+)\s*(?::(.*))?$/i.exec(line);
    if (!attribute) continue;
    const [name, value] = [attribute[1]?.toLowerCase(), attribute[2]?.trim() ?? ""];
    const current = media.at(-1);
    if (current) describeMedia(current, name ?? "", value);
    else if (name === "control") control = value;
  }
  return { control, media };
}

function openMedia(line: string): OpenMedia {
  const [kind = "", , , ...payloadTypes] = line.trim().split(/\s+/);
  return {
    kind: kind.toLowerCase(),
    payloadTypes: payloadTypes.filter((text) => /^\d{1,3}$/.test(text)).map(Number),
    control: undefined,
    encodings: new Map(),
    formats: new Map(),
    frameRate: undefined,
  };
}

function describeMedia(media: OpenMedia, name: string, value: string): void {
  if (name === "control") media.control = value;
  if (name === "rtpmap") {
    const [, type, encoding, rate] = /^(\d{1,3})\s+([^/\s]+)(?:\s*\/\s*(\d{1,9}))?/.exec(value) ?? [];
    if (type && encoding)
      media.encodings.set(Number(type), { name: encoding.toUpperCase(), clockRateHz: Number(rate ?? 0) });
  }
  if (name === "fmtp") {
    const [, type, parameters = ""] = /^(\d{1,3})(?:\s+(.*))?$/.exec(value) ?? [];
    if (type) addParameters(media, Number(type), parameters);
  }
  if (name === "framerate" || name === "x-framerate") {
    const rate = Number.parseFloat(value);
    if (rate > 0 && rate < 1_000) media.frameRate = rate;
  }
}

function addParameters(media: OpenMedia, type: number, parameters: string): void {
  const known = media.formats.get(type) ?? new Map<string, string>();
  for (const part of parameters.split(";")) {
    const [name, ...value] = part.split("=");
    if (name?.trim()) known.set(name.trim().toLowerCase(), value.join("=").trim());
  }
  media.formats.set(type, known);
}

/** The first video in a codec that we take, or `null`. */
export function videoOf(sdp: Sdp): SdpVideo | null {
  for (const media of sdp.media) {
    if (media.kind !== "video") continue;
    for (const type of media.payloadTypes) {
      const codec = codecOf(media, type);
      if (codec) return video(media, type, codec);
    }
  }
  return null;
}

function codecOf(media: SdpMedia, type: number): Codec | null {
  const name = media.encodings.get(type)?.name;
  if (name === "H264" || name === "AVC") return "h264";
  if (name === "H265" || name === "HEVC") return "h265";
  if (name !== undefined || type < 96) return null;
  // Without an rtpmap the parameters still tell: both names belong to one payload format each (RFC 6184, RFC 7798).
  const parameters = media.formats.get(type);
  if (parameters?.has("sprop-parameter-sets") || parameters?.has("packetization-mode")) return "h264";
  return parameters?.has("sprop-sps") ? "h265" : null;
}

function video(media: SdpMedia, payloadType: number, codec: Codec): SdpVideo {
  const fmtp = media.formats.get(payloadType) ?? new Map<string, string>();
  const { sets, dropped } = spropParameterSets(codec, fmtp);
  return {
    codec,
    payloadType,
    // Both payload formats allow 90 kHz only.
    clockRateHz: media.encodings.get(payloadType)?.clockRateHz || 90_000,
    control: media.control,
    fmtp,
    parameterSets: sets,
    parameterSetsDropped: dropped,
    frameRate: media.frameRate,
  };
}

const STATIC_VIDEO: ReadonlyMap<number, string> = new Map([
  [26, "JPEG"],
  [28, "nv"],
  [31, "H261"],
  [32, "MPV"],
  [33, "MP2T"],
  [34, "H263"],
]);

/** What a stream without a video that we take offers instead: `["video MP4V-ES", "audio"]`. */
export function offered(sdp: Sdp): string[] {
  return sdp.media.map((media) => {
    if (media.kind !== "video") return media.kind;
    const names = media.payloadTypes.map(
      (type) => media.encodings.get(type)?.name ?? STATIC_VIDEO.get(type) ?? `payload type ${type}`,
    );
    return `video ${names.join(", ")}`.trim();
  });
}
