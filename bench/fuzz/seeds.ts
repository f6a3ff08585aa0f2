const H264_SETS = "Z0LAKNoB4AiflwEQAAADABAAAAMDIPGDKg==,aM4PyA==";
const H265_SETS =
  "sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwB4lZQJ; sprop-sps=QgEBAWAAAAMAkAAAAwAAAwB4oAPAgBEHy5ZWVKTheAtAQAAAAwBAAAAGQg==; sprop-pps=RAHAc8GJ";

/** Descriptions as cameras of several sorts send them (`cases.md`, kind 1). */
export const SDP_SEEDS: readonly string[] = [
  [
    ...[
      "v=0",
      "o=- 1001 1 IN IP4 192.0.2.7",
      "s=Session",
      "c=IN IP4 0.0.0.0",
      "t=0 0",
      "a=control:*",
      "a=range:npt=0-",
    ],
    ...["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=framerate:25.0", "a=control:trackID=0"],
    `a=fmtp:96 profile-level-id=42C028;packetization-mode=1;sprop-parameter-sets=${H264_SETS}`,
    ...["m=audio 0 RTP/AVP 8 97 98", "a=rtpmap:8 PCMA/8000", "a=control:trackID=1"],
    "",
  ].join("\r\n"),
  [
    ...["v=0", "o=- 1 1 IN ", "s= ", "c=IN ", "t=0 0", "a=control:rtsp://192.0.2.7/media/"],
    ...["m=video 0 RTP/AVP 35", "b=AS:5000", "a=rtpmap:35 H265/90000 ", `a=fmtp:35 profile-id=1; ${H265_SETS}`],
    ...["a=control:rtsp://192.0.2.7/media/video1/video", "m=application/VENDOR 0 RTP/AVP smart/1/90000"],
    ...["m=application 0 RTP/AVP 107", "a=rtpmap:107 vnd.onvif.metadata/90000", "a=control:meta"],
    "",
  ].join("\r\n"),
  "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96\r\na=control:trackID=0",
];

/** What a camera answers, by method; `CSEQ` and `SDP` are put in later. */
export const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  OPTIONS: [
    "RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n",
    "RTSP/1.0 501 Not Implemented\r\nCseq: CSEQ \r\n\r\n",
  ],
  DESCRIBE: [
    "RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\nContent-Base: rtsp://192.0.2.7/live/\r\nContent-Type: application/sdp\r\nContent-Length: LENGTH\r\n\r\nSDP",
    "RTSP/1.0 200 OK\nCSeq: CSEQ\nContent-length:LENGTH\n\nSDP",
    'RTSP/1.0 401 Unauthorized\r\nCSeq: CSEQ\r\nWWW-Authenticate: Basic realm="/"\r\nWWW-Authenticate: Digest realm="Unit, Organisation",nonce="a=b",qop="auth,auth-int",opaque="",stale=FALSE,algorithm=MD5\r\n\r\n',
    'RTSP/1.0 401 Unauthorized\r\nCSeq: CSEQ\r\nWWW-Authenticate: Digest realm="IP Camera(AB123)", nonce="77", algorithm="SHA-256", stale="FALSE"\r\n\r\n',
    "RTSP/1.0 302 Moved Temporarily\r\nCSeq: CSEQ\r\nLocation: rtsp://192.0.2.9:1554/live\r\n\r\n",
  ],
  SETUP: [
    'RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\nSession: 1387212;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1234ABCD;mode="PLAY"\r\n\r\n',
    "RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\nSession: 9b0d0e54; timeout=20\r\nTransport: RTP/AVP/TCP;interleaved=4-5\r\n\r\n",
    "RTSP/1.0 461 Unsupported Transport\r\nCSeq: CSEQ\r\n\r\n",
  ],
  PLAY: [
    "RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\nSession: 1387212\r\nRTP-Info: url=rtsp://192.0.2.7/live/trackID=0;seq=0;rtptime=-1;\r\n\r\n",
  ],
  GET_PARAMETER: [
    "RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\nSession: 1387212\r\n\r\n",
    "RTSP/1.0 400 Bad Request\r\nCSeq: CSEQ\r\n\r\n",
  ],
  TEARDOWN: ["RTSP/1.0 200 OK\r\nCSeq: CSEQ\r\n\r\n"],
};

/** What a camera asks by itself. */
export const SERVER_REQUESTS: readonly string[] = [
  "OPTIONS rtsp://192.0.2.1/ RTSP/1.0\r\nCSeq: 7\r\n\r\n",
  "ANNOUNCE rtsp://192.0.2.1/ RTSP/1.0\r\nCSeq: 8\r\nContent-Length: 3\r\n\r\nabc",
];
