import { describe, expect, test } from "vitest";
import { answering, Encounter, plainAnswer, reply, rtpFrame, VIDEO_SDP } from "./fake-camera.ts";

const SETUP_WITH = (...headers: string[]) => answering({ SETUP: (asked) => reply(asked, "200 OK", headers) });

test("a session asks for the video alone, and gives its packets", () => {
  const met = new Encounter(plainAnswer).start().hear(rtpFrame(1, 1_000), rtpFrame(2, 1_000));
  expect(met.asked.map(({ method, uri }) => `${method} ${uri}`)).toEqual([
    "OPTIONS rtsp://192.0.2.7/live",
    "DESCRIBE rtsp://192.0.2.7/live",
    "SETUP rtsp://192.0.2.7/live/trackID=0",
    "PLAY rtsp://192.0.2.7/live",
  ]);
  expect(met.events).toEqual(["described", "playing"]);
  expect(met.video?.codec).toBe("h264");
  expect(met.packets).toEqual([rtpFrame(1, 1_000).subarray(4), rtpFrame(2, 1_000).subarray(4)]);
  expect(met.session.tolerated).toEqual(new Map());
});

test("sdp-08 gortsplib#479: SETUP goes to the base with its query", () => {
  const base = "rtsp://192.0.2.7:554/cam/realmonitor?channel=1&subtype=0";
  const camera = answering({
    DESCRIBE: (asked) => reply(asked, "200 OK", [`Content-Base: ${base}/`], VIDEO_SDP),
    SETUP: (asked) => (asked.uri === `${base}/trackID=0` ? plainAnswer(asked) : reply(asked, "404 Not Found")),
  });
  expect(new Encounter(camera, { href: base }).start().events).toEqual(["described", "playing"]);
});

test("sdp-09: a host replaced by ours is counted once", () => {
  const sdp = VIDEO_SDP.replace("trackID=0", "rtsp://10.0.0.5/live/video");
  const met = new Encounter(answering({ DESCRIBE: (asked) => reply(asked, "200 OK", [], sdp) })).start();
  expect(met.asked[2]?.uri).toBe("rtsp://192.0.2.7/live/video");
  expect(met.session.tolerated).toEqual(new Map([["control_host_replaced", 1]]));
});

test("sdp-12: no audio is ever asked for, whatever is offered", () => {
  const sdp = `v=0\r\nm=audio 0 RTP/AVP (null)\r\na=rtpmap:\r\na=control:audio1\r\n${VIDEO_SDP.slice(5)}`;
  const met = new Encounter(answering({ DESCRIBE: (asked) => reply(asked, "200 OK", [], sdp) })).start();
  expect(met.asked.filter(({ method }) => method === "SETUP").map(({ uri }) => uri)).toEqual([
    "rtsp://192.0.2.7/live/trackID=0",
  ]);
});

test("sdp-12: packets on a channel that was not set up, as of audio, go nowhere", () => {
  const met = new Encounter(plainAnswer).start().hear(rtpFrame(1, 1, 2), rtpFrame(1, 1, 3));
  expect(met.packets).toEqual([]);
  expect(met.session.tolerated.get("channel_unknown")).toBe(2);
});

test("an audio-only stream and another codec are refused in words, and nothing is set up", () => {
  for (const [sdp, code] of [
    ["v=0\r\nm=audio 0 RTP/AVP 0\r\n", "STREAM_AUDIO_ONLY"],
    ["v=0\r\nm=video 0 RTP/AVP 26\r\n", "CODEC_UNSUPPORTED"],
  ] as const) {
    const met = new Encounter(answering({ DESCRIBE: (asked) => reply(asked, "200 OK", [], sdp) })).start();
    expect(met.error).toMatchObject({ code, hint: expect.any(String) });
    expect(met.methods).toEqual(["OPTIONS", "DESCRIBE"]);
  }
});

test("sdp-14 moonfire v0.7.12: only a Content-Type that names something else is refused", () => {
  const typed = (...headers: string[]) =>
    new Encounter(answering({ DESCRIBE: (asked) => reply(asked, "200 OK", headers, VIDEO_SDP.replaceAll("\r", "")) }));
  expect(typed().start().events).toEqual(["described", "playing"]);
  expect(typed("Content-type: Application/SDP; charset=utf-8").start().events).toEqual(["described", "playing"]);
  expect(typed("Content-Type: text/html").start().error?.code).toBe("DESCRIBE_NOT_SDP");
});

test("rtsp-06 go2rtc#382: the first session id is kept and a change counted", () => {
  const camera = answering({
    SETUP: (asked) => reply(asked, "200 OK", ["Session: A"]),
    PLAY: (asked) => reply(asked, "200 OK", ["Session: B"]),
  });
  const met = new Encounter(camera).start();
  expect(met.events).toEqual(["described", "playing"]);
  expect(met.session.tolerated).toEqual(new Map([["session_id_changed", 1]]));
  expect(met.close().asked.at(-1)?.headers.get("session")).toBe("A");
});

describe("rtsp-07 gortsplib#72: channels renumbered", () => {
  test.each([
    ["4-5", "RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=1", 4, 5],
    ["8-9", "RTP/AVP/TCP;interleaved=8-9", 8, 9],
    ["one number", "RTP/AVP/TCP; interleaved=6", 6, 7],
    ["no numbers", "RTP/AVP/TCP;unicast", 0, 1],
  ])("told %s, those rule", (_, transport, rtp, rtcp) => {
    const met = new Encounter(SETUP_WITH("Session: 1", `Transport: ${transport}`)).start();
    met.hear(rtpFrame(1, 1, rtp), rtpFrame(1, 1, rtcp));
    expect(met.packets).toHaveLength(1);
    expect(met.events).toEqual(["described", "playing", "rtcp"]);
  });

  test("no Transport header at all means what we asked for", () => {
    expect(new Encounter(SETUP_WITH("Session: 1")).start().hear(rtpFrame(1, 1)).packets).toHaveLength(1);
  });

  test("RTP and RTCP on one channel are told apart by packet type", () => {
    const met = new Encounter(SETUP_WITH("Session: 1", "Transport: RTP/AVP/TCP;interleaved=2-2")).start();
    const report = Uint8Array.of(0x24, 2, 0, 8, 0x80, 200, 0, 1, 0, 0, 0, 9);
    met.hear(rtpFrame(1, 1, 2), report);
    expect(met.packets).toHaveLength(1);
    expect(met.events.at(-1)).toBe("rtcp");
  });
});

test("rtsp-08 retina#46: packets before the answer to PLAY are no error", () => {
  const camera = answering({
    PLAY: (asked) => {
      const answer = new TextEncoder().encode(plainAnswer(asked) as string);
      return Uint8Array.of(...rtpFrame(7, 1), ...rtpFrame(0, 1, 1), ...answer);
    },
  });
  const met = new Encounter(camera).start();
  expect(met.events).toEqual(["described", "rtcp", "playing"]);
  expect(met.packets).toHaveLength(1);
});

test.each([
  "url=rtsp://192.0.2.7/live/trackID=0;seq=0;rtptime=0;",
  "url=x;seq=65;rtptime=-1",
  "url=nothing-of-ours",
  "",
])("rtsp-09 retina#10: RTP-Info %j changes nothing", (info) => {
  const camera = answering({ PLAY: (asked) => reply(asked, "200 OK", ["Session: 1", `RTP-Info: ${info}`]) });
  const met = new Encounter(camera).start().hear(rtpFrame(500, 70_000));
  expect(met.events).toEqual(["described", "playing"]);
  expect(met.packets).toHaveLength(1);
});

test("rtsp-12 retina#103: 461 says that TCP is refused and what to set", () => {
  const met = new Encounter(answering({ SETUP: (asked) => reply(asked, "461 Unsupported Transport") })).start();
  expect(met.error).toMatchObject({ code: "TRANSPORT_REFUSED", message: expect.stringContaining("TCP refused") });
  expect(met.error?.hint).toContain("in the camera");
});

test("rtsp-12: so does a SETUP that is granted over UDP all the same", () => {
  const met = new Encounter(SETUP_WITH("Session: 5", "Transport: RTP/AVP;unicast;client_port=0-1;server_port=6-7"));
  expect(met.start().error?.code).toBe("TRANSPORT_REFUSED");
  expect(met.methods.at(-1)).toBe("TEARDOWN");
});

describe("by UDP, for cameras that refuse TCP (VLC)", () => {
  const ports = { rtp: 5004, rtcp: 5005 };
  const granting = (transport: string) => SETUP_WITH("Session: 5", `Transport: ${transport}`);

  test("packets come by our ports, and are watched as those in the connection are", () => {
    const met = new Encounter(granting("RTP/AVP/UDP;unicast;client_port=5004-5005;server_port=6-7")).start(ports);
    expect(met.asked[2]?.headers.get("transport")).toBe("RTP/AVP;unicast;client_port=5004-5005");
    met.session.receiveUdp("rtp", rtpFrame(1, 0).subarray(4), met.nowMs);
    met.session.receiveUdp("rtcp", Uint8Array.of(0x80, 200, 0, 1, 0, 0, 0, 9), met.nowMs);
    expect(met.packets).toEqual([rtpFrame(1, 0).subarray(4)]);
    expect(met.events).toEqual(["described", "playing", "rtcp"]);
    expect(met.wait(20_100).error?.code).toBe("CAMERA_LOST");
  });

  test("packets before SETUP belong to another session", () => {
    const met = new Encounter(answering({ DESCRIBE: () => null })).start(ports);
    met.session.receiveUdp("rtp", rtpFrame(1, 0).subarray(4), met.nowMs);
    expect(met.packets).toEqual([]);
  });

  test.each(["RTP/AVP/TCP;interleaved=0-1", "RTP/AVP;multicast;destination=239.0.0.1"])(
    "%s is not what was asked",
    (t) => {
      expect(new Encounter(granting(t)).start(ports).error).toMatchObject({
        code: "TRANSPORT_REFUSED",
        message: expect.stringContaining("UDP refused"),
      });
    },
  );
});

test.each([
  ["404 Not Found", "STREAM_NOT_FOUND"],
  ["403 Forbidden", "AUTH_FORBIDDEN"],
  ["453 Not Enough Bandwidth", "CAMERA_FULL"],
  ["500 Internal Server Error", "RTSP_REFUSED"],
])("%s to DESCRIBE is %s", (status, code) => {
  const met = new Encounter(answering({ DESCRIBE: (asked) => reply(asked, status) })).start();
  expect(met.error).toMatchObject({ code, message: expect.stringContaining(status), hint: expect.any(String) });
});

test("an OPTIONS that is refused ends nothing", () => {
  const met = new Encounter(answering({ OPTIONS: (asked) => reply(asked, "501 Not Implemented") })).start();
  expect(met.events).toEqual(["described", "playing"]);
});

describe("rtsp-14 yellowstone#17, rtsp-15 go2rtc#235: what cameras want of a request", () => {
  test("CSeq comes first and in that spelling, User-Agent always, Require never", () => {
    const met = new Encounter(plainAnswer).start().close();
    expect(met.asked).toHaveLength(5);
    met.asked.forEach(({ text }, n) => {
      const lines = text.split("\r\n");
      expect(lines[1]).toBe(`CSeq: ${n + 1}`);
      expect(lines).toContain("User-Agent: Overt");
      expect(text).not.toContain("Require");
    });
  });
});

describe("rtsp-16 retina#17: data of a dead session", () => {
  test("before SETUP is recognised and named", () => {
    const met = new Encounter(answering({ DESCRIBE: () => null })).start().hear(rtpFrame(9, 9));
    expect(met.error?.code).toBe("CAMERA_STALE_SESSION");
  });

  test("is put up with where the waiting must end", () => {
    const met = new Encounter(answering({ OPTIONS: () => null }), { ignoreStaleData: true }).start();
    met.hear(rtpFrame(9, 9), rtpFrame(10, 9), 'RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: "x"\r\n\r\n');
    expect(met.events).toEqual(["described", "playing"]);
    expect(met.session.tolerated).toEqual(new Map([["stale_packets", 2]]));
    expect(met.packets).toEqual([]);
  });
});

test("rtsp-17 retina#80: bytes cut out of the stream are a counted loss, not the end of it", () => {
  const met = new Encounter(plainAnswer).start();
  const frames = Uint8Array.of(...[1, 2, 3, 4].flatMap((n) => [...rtpFrame(n, n)]));
  met.hear(Uint8Array.of(...frames.subarray(0, 30), ...frames.subarray(35)));
  expect(met.packets.map((packet) => packet[3])).toEqual([1, 3, 4]);
  expect(met.session.tolerated.get("framing_bytes_skipped")).toBe(15);
  expect(met.error).toBeNull();
});

test("rec-06 retina#34: TEARDOWN is sent when closing, and after an error too", () => {
  const closed = new Encounter(plainAnswer).start().close();
  expect(closed.methods.at(-1)).toBe("TEARDOWN");
  expect(closed.events.at(-1)).toBe("ended");
  const failed = new Encounter(answering({ PLAY: (asked) => reply(asked, "455 Method Not Valid") })).start();
  expect(failed.methods.at(-1)).toBe("TEARDOWN");
  expect(failed.events.at(-1)).toBe("RTSP_REFUSED");
});

test("a camera that is shut gives no packet more, not even before it has answered", () => {
  const met = new Encounter(answering({ TEARDOWN: () => null })).start().hear(rtpFrame(1, 1)).close();
  met.hear(rtpFrame(2, 2), rtpFrame(3, 3, 1));
  expect(met.packets).toHaveLength(1);
  expect(met.events).toEqual(["described", "playing"]);
  expect(met.wait(2_000).events.at(-1)).toBe("ended");
});

test("rec-06: a TEARDOWN that is not answered keeps nobody waiting", () => {
  const met = new Encounter(answering({ TEARDOWN: () => null })).start().close();
  expect(met.events.at(-1)).toBe("playing");
  expect(met.wait(2_000).events.at(-1)).toBe("ended");
});

test("a camera that ends the session says so", () => {
  const met = new Encounter(plainAnswer).start().hear("TEARDOWN rtsp://192.0.2.7/live RTSP/1.0\r\nCSeq: 1\r\n\r\n");
  expect(met.error?.code).toBe("CAMERA_CLOSED");
});

test("a camera's own questions are answered", () => {
  const met = new Encounter(plainAnswer).start();
  met.hear("OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\n", "ANNOUNCE * RTSP/1.0\r\nCSeq: 78\r\n\r\n");
  expect(met.asked.slice(-2).map(({ text }) => text)).toEqual([
    "RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\n",
    "RTSP/1.0 501 Not Implemented\r\nCSeq: 78\r\n\r\n",
  ]);
});

test("rtsp-11 go2rtc#1881: a redirect is told, not followed, and without what it had of credentials", () => {
  const camera = answering({
    DESCRIBE: (asked) => reply(asked, "302 Moved Temporarily", ["Location: rtsp://a:b@192.0.2.9:1554/x"]),
  });
  const met = new Encounter(camera).start();
  expect(met.events).toEqual(["redirected"]);
  expect(met.location?.href).toBe("rtsp://192.0.2.9:1554/x");
});

test("rtsp-11: a redirect to nowhere is an error", () => {
  const met = new Encounter(answering({ DESCRIBE: (asked) => reply(asked, "302 Found", ["Location: /x"]) })).start();
  expect(met.error?.code).toBe("REDIRECT_INVALID");
});

test("answers without a CSeq, or to nothing, do no harm", () => {
  const camera = answering({ OPTIONS: () => "RTSP/1.0 200 OK\r\n\r\n" });
  const met = new Encounter(camera).start().hear("RTSP/1.0 200 OK\r\nCSeq: 4711\r\n\r\n");
  expect(met.events).toEqual(["described", "playing"]);
  expect(met.session.tolerated).toEqual(new Map([["response_unexpected", 1]]));
});
