import { describe, expect, test } from "vitest";
import { type Answer, answering, Encounter, plainAnswer, reply, rtpFrame } from "./fake-camera.ts";
import { closedAtTimeout } from "./keepalive.ts";

const keepAlives = (met: Encounter): string[] => met.methods.slice(4);

describe("rtsp-05 mediamtx#1066: Session header with a timeout", () => {
  const withTimeout = (setup: string, played = setup): Answer =>
    answering({
      SETUP: (asked) => reply(asked, "200 OK", [`Session: ${setup}`]),
      PLAY: (asked) => reply(asked, "200 OK", [`Session: ${played}`]),
    });

  test.each([
    ["9b0d0e54; timeout=20", 20],
    ["1387212;timeout=60", 60],
    ["1387212", 60],
  ])("%s is kept alive at half of %d s", (header, seconds) => {
    const met = new Encounter(withTimeout(header)).start().play(seconds / 2 - 1);
    expect(keepAlives(met)).toEqual([]);
    met.play(2);
    expect(keepAlives(met)).toEqual(["GET_PARAMETER"]);
    expect(met.asked.at(-1)?.headers.get("session")).toBe(header.split(";")[0]);
  });

  test("the latest timeout rules, and once a second is often enough", () => {
    expect(keepAlives(new Encounter(withTimeout("1;timeout=60", "1;timeout=10")).start().play(11))).toHaveLength(2);
    expect(keepAlives(new Encounter(withTimeout("1;timeout=1")).start().play(5))).toHaveLength(5);
  });

  test("so does one that an answer to a keep-alive states", () => {
    const met = new Encounter(
      answering({ GET_PARAMETER: (asked) => reply(asked, "200 OK", ["Session: 1387212;timeout=10"]) }),
    ).start();
    expect(keepAlives(met.play(62))).toHaveLength(2);
    expect(keepAlives(met.play(20))).toHaveLength(6);
  });

  test("a server that closes after 20.0 s of silence never does", () => {
    let lastHeardMs = 0;
    let longestMs = 0;
    const met: Encounter = new Encounter((asked) => {
      longestMs = Math.max(longestMs, met.nowMs - (lastHeardMs || met.nowMs));
      lastHeardMs = met.nowMs;
      return withTimeout("9b0d0e54; timeout=20")(asked);
    });
    met.start().play(300);
    expect(longestMs).toBeLessThanOrEqual(10_000);
    expect(met.error).toBeNull();
  });
});

describe("rtsp-10 go2rtc#2409: which keep-alive", () => {
  const listing = (methods: string) =>
    answering({ OPTIONS: (asked) => reply(asked, "200 OK", [`Public: ${methods}`]) });

  test("GET_PARAMETER where Public lists it, else OPTIONS", () => {
    const listed = new Encounter(listing("DESCRIBE,GET_PARAMETER"));
    expect(keepAlives(listed.start().play(31))).toEqual(["GET_PARAMETER"]);
    expect(keepAlives(new Encounter(listing("DESCRIBE, SETUP")).start().play(31))).toEqual(["OPTIONS"]);
  });

  test("what was remembered for this camera goes before what Public lists", () => {
    const met = new Encounter(listing("GET_PARAMETER"), { keepAlive: "OPTIONS" });
    expect(keepAlives(met.start().play(31))).toEqual(["OPTIONS"]);
  });

  test.each(["400 Bad Request", "405 Method Not Allowed", "501 Not Implemented"])(
    "%s ends no session that still sends pictures, and is remembered",
    (status) => {
      const met = new Encounter(answering({ GET_PARAMETER: (asked) => reply(asked, status) })).start();
      expect(met.play(100).error).toBeNull();
      expect(met.session.keepAlive).toEqual({ method: "GET_PARAMETER", refused: true, awaited: false });
      expect(met.session.tolerated.get("keep_alive_refused")).toBe(3);
    },
  );

  test("one that is never answered ends none either", () => {
    const met = new Encounter(answering({ GET_PARAMETER: () => null })).start();
    expect(met.play(100).error).toBeNull();
    expect(met.session.tolerated.get("keep_alive_unanswered")).toBe(3);
  });

  test("SET_PARAMETER is never sent", () => {
    expect(new Encounter(plainAnswer).start().play(200).methods).not.toContain("SET_PARAMETER");
  });

  test("a close at the timeout points at the keep-alive, an earlier or later one does not", () => {
    expect([30_000, 57_000, 60_400, 90_000].map((ms) => closedAtTimeout(ms, 60_000))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe("rec-04 MiBeeNvr#667: silence is noticed", () => {
  test("5 s after the last packet of a usual stream", () => {
    const met = new Encounter(plainAnswer).start().play(60, 40);
    expect(met.wait(4_900).error).toBeNull();
    const lastMs = met.session.lastPacketMs;
    expect(met.wait(200).error).toMatchObject({ code: "CAMERA_LOST" });
    expect(lastMs).toBe(61_000);
  });

  test("three pictures after the last of a slow one", () => {
    const met = new Encounter(plainAnswer).start().play(80, 8_000);
    expect(met.wait(23_900).error).toBeNull();
    expect(met.wait(200).error?.code).toBe("CAMERA_LOST");
  });

  test("reordered pictures and packets of one picture do not change the limit", () => {
    const met = new Encounter(plainAnswer).start();
    for (const timestamp of [0, 10_800, 3_600, 3_600, 7_200, 21_600, 14_400, 18_000]) met.hear(rtpFrame(1, timestamp));
    expect(met.wait(4_900).error).toBeNull();
    expect(met.wait(200).error?.code).toBe("CAMERA_LOST");
  });

  test("a camera that plays and sends nothing at all is silent", () => {
    const met = new Encounter(plainAnswer).start();
    expect(met.wait(9_900).error).toBeNull();
    expect(met.wait(200).error?.code).toBe("CAMERA_NO_MEDIA");
  });

  test("reports alone are no pictures", () => {
    const met = new Encounter(plainAnswer).start();
    for (let n = 0; n < 12; n++) met.wait(1_000).hear(rtpFrame(1, 1, 1));
    expect(met.error?.code).toBe("CAMERA_NO_MEDIA");
  });
});

test("rec-10 crumbvms#114: liveness is judged by pictures, not by key pictures", () => {
  expect(new Encounter(plainAnswer).start().play(300, 40).error).toBeNull();
});

test.each(["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])("a camera that does not answer %s is silent", (method) => {
  const met = new Encounter(answering({ [method]: () => null })).start();
  expect(met.wait(9_900).error).toBeNull();
  expect(met.wait(200).error).toMatchObject({ code: "CAMERA_SILENT", message: expect.stringContaining(method) });
});

test("an answer whose body never ends is none", () => {
  const camera = answering({
    DESCRIBE: (asked) => `${reply(asked).trimEnd()}\r\nContent-Length: 500\r\n\r\nv=0\r\n`,
  });
  expect(new Encounter(camera).start().wait(10_100).error?.code).toBe("CAMERA_SILENT");
});
