import type { ConnectionFacts } from "../server/hooks.ts";
import type { RtspReply, RtspRequest } from "../server/message.ts";
import { packetRun, stampRun } from "../server/rtp.ts";
import { VIDEO_PAYLOAD_TYPE } from "../server/sdp.ts";
import type { Fault } from "./fault.ts";

type Headers = RtspReply["headers"];

const mapHeader = (reply: RtspReply, name: string, edit: (value: string) => string | undefined): RtspReply => ({
  ...reply,
  headers: reply.headers.flatMap(([key, old]): Headers => {
    if (key !== name) return [[key, old]];
    const value = edit(old);
    return value === undefined ? [] : [[key, value]];
  }),
});

const reversedChallenges = (reply: RtspReply): RtspReply => ({
  ...reply,
  headers: [
    ...reply.headers.filter(([name]) => name !== "WWW-Authenticate"),
    ...reply.headers.filter(([name]) => name === "WWW-Authenticate").reverse(),
  ],
});

const here = ({ host, port }: ConnectionFacts, path: string) => `rtsp://${host}:${port}${path}`;

function redirect(request: RtspRequest, connection: ConnectionFacts, way: number): RtspReply | undefined {
  if (request.method !== "DESCRIBE" || request.url.includes("/hop2/")) return undefined;
  const stream = request.url.split("/").at(-1) ?? "";
  const onLoop = request.url.includes("/hop1/");
  const next =
    way === 1
      ? here(connection, `/${onLoop ? "hop2" : "hop1"}/${stream}`)
      : way === 2
        ? here(connection, onLoop ? `/${stream}` : `/hop1/${stream}`)
        : `rtsp://192.0.2.9:1554/${stream}`;
  return { status: 302, headers: [["Location", next]] };
}

/** Which requests each of the four servers of rtsp-10 takes for a sign of life. */
const KEEPS_ALIVE: readonly ((method: string) => boolean)[] = [
  (method) => method === "GET_PARAMETER",
  (method) => method === "GET_PARAMETER",
  (method) => method === "OPTIONS",
  (method) => method !== "SET_PARAMETER",
];

const staleRun = packetRun([{ payload: new Uint8Array(900).fill(0x5a), marker: false }], VIDEO_PAYLOAD_TYPE);

/** Packets of a session that broke, into a connection that has none yet. */
function sendStale(connection: ConnectionFacts): boolean {
  let sequence = 5000;
  const timer = setInterval(() => {
    if (connection.closed() || connection.notes.has("setup")) clearInterval(timer);
    else
      connection.write(
        stampRun(staleRun, {
          channel: 0,
          ssrc: 0xdead_beef,
          sequence: sequence++ & 0xffff,
          timestamp: sequence * 6000,
        }),
      );
  }, 40);
  return true;
}

/** Kind 2 of the cases: the RTSP conversation. Those on passwords need a camera that has one. */
export const RTSP_FAULTS: readonly Fault[] = [
  {
    name: "rtsp-01",
    does: "Challenges with Basic and two Digests, each in a header, strongest first or last.",
    variants: 2,
    hooks: (variant) => ({
      auth: { schemes: ["basic", "digest-md5", "digest-sha256"] },
      reply: (reply, _, connection) => (variant(connection) === 2 ? reversedChallenges(reply) : reply),
    }),
  },
  {
    name: "rtsp-02",
    does: "Offers Digest with SHA-256 only, and wants the algorithm named in the answer.",
    hooks: () => ({ auth: { schemes: ["digest-sha256"], realm: "IP Camera(AB123)", echoAlgorithm: true } }),
  },
  {
    name: "rtsp-03",
    does: "Takes no Digest answer without qop, cnonce and nc.",
    hooks: () => ({ auth: { qop: "auth,auth-int", opaque: "5ccc069c403ebaf9f0171e9517f40e41" } }),
  },
  {
    name: "rtsp-04",
    does: "Writes its challenge with a comma in the realm, without blanks and quotes, and with = in the nonce.",
    hooks: () => ({ auth: { realm: "Unit, Organisation", loose: true } }),
  },
  {
    name: "rtsp-05",
    does: "Closes after 20 s of silence, and says so behind a blank.",
    hooks: () => ({
      sessionTimeoutS: 20,
      reply: (reply) => mapHeader(reply, "Session", (value) => value.replace(";", "; ")),
    }),
  },
  {
    name: "rtsp-06",
    does: "Answers PLAY with another session id than SETUP.",
    hooks: () => ({
      reply: (reply, { method }) => (method === "PLAY" ? mapHeader(reply, "Session", () => "B0B0B0B0") : reply),
    }),
  },
  {
    name: "rtsp-07",
    does: "Uses other interleaved channels than were asked for, or does not say which.",
    variants: 2,
    hooks: (variant) => {
      let way = 1;
      return {
        accept(connection) {
          way = variant(connection);
          return true;
        },
        channel: (asked) => (way === 1 ? asked + 4 : asked),
        reply: (reply, request, connection) =>
          request.method === "SETUP" && variant(connection) === 2
            ? mapHeader(reply, "Transport", (value) => value.replace(/;interleaved=[\d-]+/, ""))
            : reply,
      };
    },
  },
  {
    name: "rtsp-08",
    does: "Sends a report and pictures before the answer to PLAY.",
    hooks: () => ({ mediaBeforeReply: true }),
  },
  {
    name: "rtsp-09",
    does: "Gives no RTP-Info, or one that is wrong in each of its fields.",
    variants: 4,
    hooks: (variant) => ({
      reply: (reply, _, connection) =>
        mapHeader(reply, "RTP-Info", (value) => {
          const url = /url=([^;]+)/.exec(value)?.[1] ?? "";
          const ways = [
            undefined,
            `url=${url};seq=0;rtptime=0;`,
            `url=${url};seq=1;rtptime=-1`,
            "url=rtsp://0.0.0.0/x;seq=7;rtptime=1",
          ];
          return ways[variant(connection) - 1];
        }),
    }),
  },
  {
    name: "rtsp-10",
    does: "Counts only GET_PARAMETER as a sign of life, hides that it does, wants OPTIONS, or closes on SET_PARAMETER; 10 s.",
    variants: 4,
    hooks: (variant) => ({
      sessionTimeoutS: 10,
      alive: ({ method }, connection) =>
        !connection.notes.has("playing") || KEEPS_ALIVE[variant(connection) - 1]!(method),
      request: ({ method }, connection) =>
        method === "SET_PARAMETER" && variant(connection) === 4 ? { status: 400, headers: [] } : undefined,
      reply(reply, { method }, connection) {
        if (method === "PLAY" && reply.status === 200) connection.notes.set("playing", true);
        if (reply.status === 400 && method === "SET_PARAMETER") setTimeout(() => connection.close(), 20);
        return variant(connection) === 2
          ? mapHeader(reply, "Public", (value) => value.replace(", GET_PARAMETER, SET_PARAMETER", ""))
          : reply;
      },
    }),
  },
  {
    name: "rtsp-11",
    does: "Redirects at DESCRIBE: twice, round in a circle, or to another host.",
    variants: 3,
    hooks: (variant) => {
      // A redirect is followed on a new connection, so the way is fixed by the camera's first one.
      let way: number | undefined;
      return {
        path: (path) => path.replace(/^\/hop\d/, ""),
        request(request, connection) {
          way ??= variant(connection);
          return redirect(request, connection, way);
        },
      };
    },
  },
  {
    name: "rtsp-12",
    does: "Refuses RTP over TCP with 461.",
    hooks: () => ({
      request: ({ method, headers }) =>
        method === "SETUP" && /RTP\/AVP\/TCP/i.test(headers.get("transport") ?? "")
          ? { status: 461, headers: [] }
          : undefined,
    }),
  },
  {
    name: "rtsp-13",
    does: "Ends header lines in LF, all or some of them.",
    variants: 2,
    hooks: (variant) => ({
      wire: (text, _, connection) => {
        const head = text.indexOf("\r\n\r\n") + 4;
        const lines = text.slice(0, head).split("\r\n");
        const join = lines.map(
          (line, i) => line + (i === lines.length - 1 ? "" : variant(connection) === 2 && i % 2 ? "\r\n" : "\n"),
        );
        return join.join("") + text.slice(head);
      },
    }),
  },
  {
    name: "rtsp-14",
    does: "Writes Cseq and Content-length, and answers 400 unless CSeq is the first header, spelt so.",
    hooks: () => ({
      request: ({ headerNames }) => (headerNames[0] === "CSeq" ? undefined : { status: 400, headers: [] }),
      wire: (text) => text.replace(/CSeq: (\d+)/, "Cseq: $1 ").replace("Content-Length:", "Content-length:"),
    }),
  },
  {
    name: "rtsp-15",
    does: "Answers 401 to a DESCRIBE without User-Agent.",
    hooks: () => ({
      request: ({ method, headers }) =>
        method === "DESCRIBE" && !headers.has("user-agent")
          ? { status: 401, headers: [["WWW-Authenticate", 'Digest realm="camera", nonce="00"']] }
          : undefined,
    }),
  },
  {
    name: "rtsp-16",
    does: "Goes on with the packets of a dead session in a fresh connection.",
    hooks: () => ({
      accept: sendStale,
      reply(reply, { method }, connection) {
        if (method === "SETUP") connection.notes.set("setup", true);
        return reply;
      },
    }),
  },
  {
    name: "rtsp-17",
    does: "Loses 100 bytes of the connection in the middle of a picture, every 10 s or so.",
    hooks: () => {
      let writes = 0;
      return {
        bytes: (bytes) =>
          ++writes % 150 === 149 && bytes.length > 300
            ? Buffer.concat([bytes.subarray(0, 150), bytes.subarray(250)])
            : bytes,
      };
    },
  },
  {
    name: "rtsp-18",
    does: "Has the password a@b/c?d#e%0X:f, whatever was set.",
    hooks: () => ({ auth: { password: "a@b/c?d#e%0X:f" } }),
  },
];
