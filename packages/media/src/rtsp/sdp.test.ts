import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { parseSdp, type SdpVideo, videoOf } from "./sdp.ts";
import { noVideo } from "./status.ts";

const SPS = "Z0LAFdkBQfsBagwMDUoAAAMAAgAAAwA9HixckA==";
const PPS = "aMuMsg==";

const sdp = (...lines: string[]): string => `${lines.join("\r\n")}\r\n`;

function video(text: string): SdpVideo {
  const found = videoOf(parseSdp(text));
  if (!found) throw new Error("The description has no video that we take.");
  return found;
}

const h264 = (fmtp: string): SdpVideo =>
  video(sdp("v=0", "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", `a=fmtp:96 ${fmtp}`));

const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const base64 = (...all: number[]): string => btoa(String.fromCharCode(...all));

test("a usual description gives codec, payload type, clock, control and parameter sets", () => {
  const found = video(
    sdp(
      "v=0",
      "o=- 1 1 IN IP4 192.0.2.7",
      "s=Session streamed",
      "t=0 0",
      "a=control:*",
      "m=video 0 RTP/AVP 97",
      "a=rtpmap:97 H264/90000",
      `a=fmtp:97 packetization-mode=1;profile-level-id=42C015;sprop-parameter-sets=${SPS},${PPS}`,
      "a=framerate:12.5",
      "a=control:trackID=1",
    ),
  );
  expect(found).toMatchObject({
    codec: "h264",
    payloadType: 97,
    clockRateHz: 90_000,
    control: "trackID=1",
    frameRate: 12.5,
    parameterSets: { vps: [], sps: [bytes(SPS)], pps: [bytes(PPS)] },
    parameterSetsDropped: 0,
  });
  expect(found.fmtp.get("profile-level-id")).toBe("42C015");
});

test("an H.265 description gives its three kinds of parameter sets", () => {
  const [vps, sps, pps] = [base64(0x40, 1, 12, 1), base64(0x42, 1, 1, 1), base64(0x44, 1, 0xc1)];
  const found = video(
    sdp(
      "m=video 0 RTP/AVP 96",
      "a=rtpmap:96 H265/90000",
      `a=fmtp:96 sprop-vps=${vps};sprop-sps=${sps};sprop-pps=${pps}`,
    ),
  );
  expect(found.codec).toBe("h265");
  expect(found.parameterSets).toEqual({ vps: [bytes(vps)], sps: [bytes(sps)], pps: [bytes(pps)] });
});

test("sdp-01 gortsplib#88: a description without parameter sets is a good one", () => {
  const found = h264("profile-level-id=4D0014;packetization-mode=0");
  expect(found.parameterSets).toEqual({ vps: [], sps: [], pps: [] });
  expect(found.parameterSetsDropped).toBe(0);
});

test.each([
  ["nothing", ""],
  ["an SPS, a comma and no PPS", `${SPS},`],
])("sdp-02 mediamtx#861: %s after sprop-parameter-sets= equals none", (_, value) => {
  const found = h264(`packetization-mode=1;sprop-parameter-sets=${value}`);
  expect(found.parameterSets).toEqual({ vps: [], sps: [], pps: [] });
  expect(found.parameterSetsDropped).toBe(0);
});

describe("sdp-03 retina#42: parameter sets that are not NAL units", () => {
  test("one with the forbidden bit is dropped and counted", () => {
    const found = h264(`sprop-parameter-sets=${base64(0xe9, 1, 2, 3)},${PPS}`);
    expect(found).toMatchObject({ parameterSets: { sps: [], pps: [] }, parameterSetsDropped: 1 });
  });

  test("a start code behind a PPS is cut off", () => {
    const found = h264(`sprop-parameter-sets=${SPS},${base64(...bytes(PPS), 0, 0, 0, 1)}`);
    expect(found.parameterSets.pps).toEqual([bytes(PPS)]);
    expect(found.parameterSetsDropped).toBe(0);
  });

  test("what is no base64 is dropped and counted, and the stream goes on", () => {
    expect(h264("sprop-parameter-sets=!!!,(null)")).toMatchObject({ codec: "h264", parameterSetsDropped: 2 });
  });
});

test.each([
  ["o= and s=", sdp("v=0", "t=0 0", "a=control:*", "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000")],
  ["t=", sdp("v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=x", "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000")],
])("sdp-04 retina#52: a description without %s is read", (_, text) => {
  expect(video(text)).toMatchObject({ codec: "h264", payloadType: 96 });
});

test("sdp-05 go2rtc#679: a body that starts at m= is one video", () => {
  const found = video(sdp("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=control:trackID=0"));
  expect(found).toMatchObject({ codec: "h264", control: "trackID=0" });
});

test("sdp-06 mediamtx#5033: empty address fields do no harm", () => {
  const found = video(
    sdp(
      "v=0",
      "o=- 1001 1 IN ",
      "s=VCP IPC Realtime stream",
      "m=video 0 RTP/AVP 105",
      "c=IN ",
      "a=control:rtsp://192.0.2.7/media/video1/video",
      "a=rtpmap:105 H264/90000",
      "m=application 0 RTP/AVP 107",
      "c=IN ",
      "a=control:rtsp://192.0.2.7/media/video1/metadata",
      "a=rtpmap:107 vnd.onvif.metadata/90000",
    ),
  );
  expect(found).toMatchObject({ payloadType: 105, control: "rtsp://192.0.2.7/media/video1/video" });
});

test("sdp-07 retina#26: before the first m= a line is the session's, after it the last media's", () => {
  const parsed = parseSdp(
    sdp(
      "v=0",
      "i=an information first",
      "o=- 1 1 IN IP4 0.0.0.0",
      "s=x",
      "e=NONE",
      "c=IN IP4 0.0.0.0",
      "a=tool:a tool",
      "t=0 0",
      "a=range:npt=0-",
      "a=control:rtsp://192.0.2.7/all",
      "m=video 0 RTP/AVP 96",
      "a=control:one",
      "a=rtpmap:96 H264/90000",
    ),
  );
  expect(parsed.control).toBe("rtsp://192.0.2.7/all");
  expect(parsed.media.map((media) => media.control)).toEqual(["one"]);
});

test.each(["m=application/VENDOR 0 RTP/AVP smart/1/90000", "m=metadata 0 RTP/AVP 107", "m=application 0 RTP/AVP 107"])(
  "sdp-11 mediamtx#990: beside %s the video is taken",
  (line) => {
    const other = [line, "a=rtpmap:107 vnd.onvif.metadata/90000", "a=control:trackID=9"];
    const wanted = ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H265/90000", "a=control:trackID=1"];
    expect(video(sdp("v=0", ...other, ...wanted))).toMatchObject({ codec: "h265", control: "trackID=1" });
    expect(video(sdp("v=0", ...wanted, ...other))).toMatchObject({ codec: "h265", control: "trackID=1" });
  },
);

describe("sdp-12 gortsplib#479: audio of every sort", () => {
  const talkBack = [
    `m=audio 0 RTP/AVP ${Array.from({ length: 20 }, (_, type) => type).join(" ")}`,
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:",
    "a=fmtp:97",
    "a=sendonly",
    "a=control:trackID=5",
  ];
  const nonsense = ["m=audio 0 RTP/AVP (null)", "a=rtpmap:", "a=control:trackID=6"];

  test("is passed over", () => {
    const wanted = ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=control:trackID=1"];
    expect(video(sdp("v=0", ...talkBack, ...wanted, ...nonsense)).control).toBe("trackID=1");
  });

  test("alone is refused in words", () => {
    const parsed = parseSdp(sdp("v=0", ...talkBack));
    expect(videoOf(parsed)).toBeNull();
    expect(noVideo(parsed)).toMatchObject({ code: "STREAM_AUDIO_ONLY", hint: expect.stringContaining("no audio") });
  });
});

test("sdp-13 mediamtx#2473: values are trimmed, and an empty fmtp equals none", () => {
  const found = video(sdp("m=video 0 RTP/AVP 96 ", "a=rtpmap:96 H264/90000 ", "a=fmtp:96", "a=control:trackID=0  "));
  expect(found).toMatchObject({ codec: "h264", clockRateHz: 90_000, control: "trackID=0" });
  expect(found.fmtp.size).toBe(0);
});

test("sdp-14 mediamtx#1119: bare LF, `c=In IP4` and a last line without an end are read", () => {
  const text = "v=0\nc=In IP4 0.0.0.0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:trackID=0";
  expect(video(text)).toMatchObject({ codec: "h264", control: "trackID=0" });
});

test("without an rtpmap the parameters tell the codec", () => {
  expect(video(sdp("m=video 0 RTP/AVP 96", "a=fmtp:96 packetization-mode=1")).codec).toBe("h264");
  expect(video(sdp("m=video 0 RTP/AVP 96", `a=fmtp:96 sprop-sps=${base64(0x42, 1, 1)}`)).codec).toBe("h265");
});

test("the second video is taken where the first is in another codec", () => {
  const jpeg = ["m=video 0 RTP/AVP 26", "a=control:trackID=1"];
  const wanted = ["m=video 0 RTP/AVP 96", "a=rtpmap:96 h264/90000", "a=control:trackID=2"];
  expect(video(sdp(...jpeg, ...wanted)).control).toBe("trackID=2");
});

test("a stream in other codecs is refused by their names", () => {
  const parsed = parseSdp(
    sdp("m=video 0 RTP/AVP 26", "m=video 0 RTP/AVP 96", "a=rtpmap:96 MP4V-ES/90000", "m=audio 0 RTP/AVP 0"),
  );
  expect(noVideo(parsed)).toMatchObject({
    code: "CODEC_UNSUPPORTED",
    message: "The camera offers no H.264 or H.265, only video JPEG; video MP4V-ES; audio.",
  });
});

test("a body that is no description has no video", () => {
  expect(noVideo(parseSdp("<html>not here</html>")).code).toBe("STREAM_NO_VIDEO");
});

const line = fc.oneof(
  fc.constantFrom(
    "m=video 0 RTP/AVP 96",
    "a=rtpmap:96 H264/90000",
    `a=fmtp:96 sprop-parameter-sets=${SPS},${PPS}`,
    "a=",
  ),
  fc.string({ unit: "binary" }),
);

propertyTest.prop([fc.array(line), fc.constantFrom("\r\n", "\n", "\r")])(
  "any text is read without an error, and parameter sets are whole or absent",
  (lines, end) => {
    const found = videoOf(parseSdp(lines.join(end)));
    expect(found === null || found.parameterSets.sps.length > 0 === found.parameterSets.pps.length > 0).toBe(true);
  },
);
