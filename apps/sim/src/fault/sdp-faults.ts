import type { Hooks } from "../server/hooks.ts";
import type { RtspReply } from "../server/message.ts";
import type { Fault, VariantOf } from "./fault.ts";

type Edit = (body: string, baseUrl: string) => string;

/** A fault of the SDP body alone; several edits are several ways. */
function sdpFault(
  name: string,
  does: string,
  edits: readonly Edit[],
  more: (variant: VariantOf) => Hooks = () => ({}),
): Fault {
  return {
    name,
    does,
    variants: edits.length,
    hooks: (variant) => ({
      ...more(variant),
      sdp: (body, baseUrl, connection) => edits[variant(connection) - 1]!(body, baseUrl),
    }),
  };
}

const editLines =
  (edit: (line: string) => string | undefined): Edit =>
  (body) =>
    body
      .split("\r\n")
      .flatMap((line) => edit(line) ?? [])
      .join("\r\n");

const without = (...starts: string[]): Edit =>
  editLines((line) => (starts.some((s) => line.startsWith(s)) ? undefined : line));

/** The parameter sets as the fmtp line carries them, base64. */
const SETS = /;?(sprop-(?:parameter-sets|vps|sps|pps))=([^;\r\n]*)/g;

const editSets =
  (edit: (name: string, value: string) => string): Edit =>
  (body) =>
    body.replaceAll(SETS, (_, name: string, value: string) => edit(name, value));

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

const VENDOR_MEDIA = [
  "m=application/VENDOR 0 RTP/AVP smart/1/90000",
  "a=control:trackID=5",
  "m=application 0 RTP/AVP 107",
  "a=rtpmap:107 vnd.onvif.metadata/90000",
  "a=control:trackID=4",
  "",
].join("\r\n");

const ODD_AUDIO = [
  "m=audio 0 RTP/AVP 0 8 97 98 99 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114",
  ...[97, 98, 99, 100, 101, 102].map((type) => `a=rtpmap:${type} MPEG4-GENERIC/${type * 160}`),
  "a=rtpmap:105 VENDOR-TALK/8000",
  "a=sendonly",
  "a=control:trackID=6",
  "m=audio 0 RTP/AVP (null)",
  "a=rtpmap:",
  "a=control:trackID=7",
  "",
].join("\r\n");

function withHeaders(edit: (headers: RtspReply["headers"], way: number) => RtspReply["headers"]) {
  return (variant: VariantOf): Hooks => ({
    reply: (reply, request, connection) =>
      request.method === "DESCRIBE" && reply.status === 200
        ? { ...reply, headers: edit(reply.headers, variant(connection)) }
        : reply,
  });
}

const setHeader = (name: string, value: (old: string) => string | undefined) => (headers: RtspReply["headers"]) =>
  headers.flatMap(([key, old]): [string, string][] => {
    if (key !== name) return [[key, old]];
    const changed = value(old);
    return changed === undefined ? [] : [[key, changed]];
  });

const absolute =
  (host: (base: URL) => string): Edit =>
  (body, baseUrl) => {
    const base = new URL(baseUrl);
    return body.replaceAll("a=control:trackID=", `a=control:rtsp://${host(base)}${base.pathname}trackID=`);
  };

const QUERY = "?channel=1&subtype=0";

/** Kind 1 of the cases: session descriptions. */
export const SDP_FAULTS: readonly Fault[] = [
  sdpFault("sdp-01", "Announces no parameter sets and starts in the middle of a group.", [editSets(() => "")], () => ({
    startsMidGroup: true,
  })),
  sdpFault("sdp-02", "Announces empty parameter sets, or an SPS and no PPS.", [
    editSets((name) => `;${name}=`),
    editSets((name, value) => `;${name}=${name === "sprop-pps" ? "" : value.replace(/,.*/, ",")}`),
  ]),
  sdpFault("sdp-03", "Announces parameter sets that are no NAL units, or with a start code behind.", [
    editSets((name) => `;${name}=${base64(Uint8Array.of(0xe9, 1, 2, 3, 4))}`),
    editSets((name, value) => {
      const last = Buffer.from(value.split(",").at(-1) ?? "", "base64");
      const tailed = base64(Buffer.concat([last, Uint8Array.of(0, 0, 0, 1)]));
      return `;${name}=${[...value.split(",").slice(0, -1), tailed].join(",")}`;
    }),
  ]),
  sdpFault("sdp-04", "Leaves out o= and s=, or t=.", [without("o=", "s="), without("t=")]),
  sdpFault("sdp-05", "Describes the media sections alone.", [(body) => body.slice(body.indexOf("m="))]),
  sdpFault("sdp-06", "Leaves addresses empty, gives absolute control addresses and a metadata track.", [
    (body, baseUrl) =>
      absolute((base) => base.host)(body, baseUrl)
        .replace(/o=.*/, "o=- 1001 1 IN ")
        .replace(/\r\nc=.*/, "")
        .replaceAll(/(m=.*)/g, "$1\r\nc=IN ") + VENDOR_MEDIA,
  ]),
  sdpFault("sdp-07", "Writes the session's lines in the wrong order.", [
    (body) => {
      const media = body.slice(body.indexOf("m="));
      const session = ["v=0", "i=camera", "o=- 1001 1 IN IP4 0.0.0.0", "s=Stream", "e=NONE", "c=IN IP4 0.0.0.0"];
      return [...session, "a=tool:encoder", "t=0 0", "a=range:npt=now-", "a=control:*", media].join("\r\n");
    },
  ]),
  sdpFault(
    "sdp-08",
    "Gives a base address with a query, and answers SETUP only where the track stands behind that query.",
    [(body) => body],
    (variant) => ({
      ...withHeaders(setHeader("Content-Base", (old) => `${old.replace(/\/$/, "").replace(/\?.*/, "")}${QUERY}/`))(
        variant,
      ),
      request: (request) =>
        request.method === "SETUP" && !request.url.includes(`${QUERY}/trackID=`)
          ? { status: 404, headers: [] }
          : undefined,
    }),
  ),
  sdpFault(
    "sdp-09",
    "Gives absolute control addresses, of the host by which the camera knows itself.",
    [(body, baseUrl) => absolute(() => "192.0.2.7")(body, baseUrl).replace("a=control:*\r\n", "")],
    withHeaders(setHeader("Content-Base", () => undefined)),
  ),
  sdpFault(
    "sdp-10",
    "Gives a base address without a scheme, or with two.",
    [(body) => body, (body) => body],
    withHeaders((headers, way) =>
      setHeader("Content-Base", (old) => (way === 1 ? old.replace("rtsp://", "") : `rtsp://${old}`))(headers),
    ),
  ),
  sdpFault("sdp-11", "Describes vendor and metadata tracks beside the video.", [(body) => body + VENDOR_MEDIA]),
  sdpFault("sdp-12", "Describes audio of every sort, half of it nonsense.", [(body) => body + ODD_AUDIO]),
  sdpFault("sdp-13", "Ends lines in blanks, and gives an attribute without a value.", [
    editLines((line) => (line.startsWith("a=rtpmap") ? `${line} ` : line)),
    editLines((line) => (line.startsWith("a=fmtp:96") ? "a=fmtp:96" : line)),
  ]),
  sdpFault(
    "sdp-14",
    "Ends lines in LF, the last in nothing, and names no content type.",
    [(body) => body.replaceAll("\r\n", "\n").replace("IN IP4 0.0.0.0\nt=", "In IP4 0.0.0.0\nt=").trimEnd()],
    withHeaders(setHeader("Content-Type", () => undefined)),
  ),
];
