import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { controlUrls, type DescribedBase } from "./control.ts";
import { parseRtspUrl, readRtspUrl } from "./url.ts";

const CAMERA = parseRtspUrl("rtsp://192.0.2.7:554/cam/realmonitor?channel=1&subtype=0");
const NOTHING: DescribedBase = { contentBase: undefined, contentLocation: undefined, sessionControl: undefined };

test("sdp-08 gortsplib#479: a relative control is appended to a base with a query", () => {
  const contentBase = "rtsp://192.0.2.7:554/cam/realmonitor?channel=1&subtype=0/";
  const urls = controlUrls(CAMERA, { ...NOTHING, contentBase, sessionControl: "*" }, "trackID=0");
  expect(urls.media).toBe("rtsp://192.0.2.7:554/cam/realmonitor?channel=1&subtype=0/trackID=0");
  expect(urls.aggregate).toBe(contentBase);
});

test("sdp-08 retina#9: without Content-Base it is Content-Location, else the request", () => {
  const contentLocation = "rtsp://192.0.2.7:554/other";
  expect(controlUrls(CAMERA, { ...NOTHING, contentLocation }, "trackID=0").media).toBe(
    "rtsp://192.0.2.7:554/other/trackID=0",
  );
  expect(controlUrls(CAMERA, NOTHING, "/trackID=0").media).toBe(
    "rtsp://192.0.2.7:554/cam/realmonitor?channel=1&subtype=0/trackID=0",
  );
  expect(controlUrls(CAMERA, NOTHING, "*").media).toBe(CAMERA.href);
  expect(controlUrls(CAMERA, NOTHING, undefined).media).toBe(CAMERA.href);
  expect(controlUrls(parseRtspUrl("rtsp://192.0.2.7/live"), NOTHING, "?ctype=video").media).toBe(
    "rtsp://192.0.2.7/live?ctype=video",
  );
});

test("sdp-09 zoneminder#557: an absolute control is used as it is", () => {
  const url = parseRtspUrl("rtsp://192.0.2.7/media/video1");
  const urls = controlUrls(url, NOTHING, "rtsp://192.0.2.7/media/video1/video");
  expect(urls).toEqual({ aggregate: url.href, media: "rtsp://192.0.2.7/media/video1/video", hostReplaced: false });
});

test("sdp-09 retina#33: the host that we reached stays when the camera names its own behind NAT", () => {
  const url = parseRtspUrl("rtsp://198.51.100.4:8554/media");
  const urls = controlUrls(url, NOTHING, "rtsp://admin:secret@192.168.0.10:554/media/video?x=1");
  expect(urls.media).toBe("rtsp://198.51.100.4:8554/media/video?x=1");
  expect(urls.hostReplaced).toBe(true);
});

test.each([
  ["no scheme (moonfire#356)", "192.0.2.7:554/stream0/"],
  ["two schemes (go2rtc#1852)", "rtsp://rtsp://192.0.2.7:554/stream0/"],
])("sdp-10: a base with %s is repaired", (_, contentBase) => {
  expect(controlUrls(CAMERA, { ...NOTHING, contentBase }, "trackID=1").media).toBe(
    "rtsp://192.0.2.7:554/stream0/trackID=1",
  );
});

test("sdp-10 go2rtc#208: a base that is no URL at all is passed over for the request's", () => {
  const urls = controlUrls(CAMERA, { ...NOTHING, contentBase: "rtsp://:0:0/" }, "trackID=1");
  expect(urls.media).toBe("rtsp://192.0.2.7:554/cam/realmonitor?channel=1&subtype=0/trackID=1");
});

test("over RTSPS the URLs stay RTSPS", () => {
  const url = parseRtspUrl("rtsps://camera.example/live");
  expect(controlUrls(url, { ...NOTHING, contentBase: "rtsp://camera.example/live/" }, "a").media).toBe(
    "rtsps://camera.example/live/a",
  );
});

test("rtsp-18 go2rtc#1208: a URL with credentials is refused and not repeated", () => {
  for (const text of ["rtsp://bob:a@b/c?d#e%0X:f@192.0.2.7/live", "rtsp://bob:p/w@192.0.2.7", "rtsp://bob@host/x"]) {
    expect(() => parseRtspUrl(text)).toThrow(expect.objectContaining({ code: "URL_HAS_CREDENTIALS" }));
    expect(() => parseRtspUrl(text)).not.toThrow(/bob|p\/w|a@b/);
  }
});

test("an @ in the path is no credential", () => {
  expect(parseRtspUrl("rtsp://192.0.2.7/live@main").rest).toBe("/live@main");
  expect(parseRtspUrl("rtsp://192.0.2.7:554/x?to=a@b").rest).toBe("/x?to=a@b");
  expect(parseRtspUrl("rtsp://[2001:db8::7]/x?to=a@b").rest).toBe("/x?to=a@b");
});

test.each(["", "http://192.0.2.7/", "rtsp://", "rtsp://:554/x", "rtsp://host:99999/", "192.0.2.7/live"])(
  "%j is not an RTSP URL",
  (text) => {
    expect(() => parseRtspUrl(text)).toThrow(expect.objectContaining({ code: "URL_INVALID" }));
  },
);

test("what may not stand in a request line is encoded, and nothing else", () => {
  expect(parseRtspUrl('rtsp://192.0.2.7/a b/é"?x=%41&y=<1>').rest).toBe("/a%20b/%C3%A9%22?x=%41&y=<1>");
  expect(readRtspUrl("rtsp://192.0.2.7/\ud800")?.rest).toBe("/%EF%BF%BD");
});

test("ports default to 554, and to 322 over TLS; IPv6 keeps its brackets", () => {
  expect(parseRtspUrl("rtsp://192.0.2.7").port).toBe(554);
  expect(parseRtspUrl("rtsps://[2001:db8::7]/a")).toMatchObject({ secure: true, host: "[2001:db8::7]", port: 322 });
});

propertyTest.prop([fc.string({ unit: "binary" }), fc.string(), fc.string({ unit: "binary" })])(
  "whatever a camera names, requests go to the host that we reached",
  (contentBase, sessionControl, control) => {
    const urls = controlUrls(CAMERA, { contentBase, contentLocation: undefined, sessionControl }, control);
    for (const url of [urls.media, urls.aggregate])
      expect(readRtspUrl(url)).toMatchObject({ host: "192.0.2.7", port: 554, secure: false });
  },
);
