import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { SimCamera } from "../camera.ts";
import { startCamera } from "../camera.ts";
import { nalType, splitAnnexB } from "../codec/annexb.ts";
import { TestClient, unpackNals } from "../server/test-client.ts";
import { FAULTS } from "./faults.ts";

let cacheDir: string;
let camera: SimCamera;
const clients: TestClient[] = [];

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "overt-sim-"));
  const small = { width: 320, height: 240, fps: 20, bitrate: 300_000, gop: 10 };
  camera = await startCamera({
    source: { scene: "market" },
    main: small,
    sub: { ...small, codec: "h265" },
    seconds: 2,
    cacheDir,
  });
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  await camera.stop();
  await rm(cacheDir, { recursive: true });
});

async function client(): Promise<TestClient> {
  const opened = await TestClient.open(camera.port);
  clients.push(opened);
  return opened;
}

const url = () => camera.url("main");

async function describedWith(fault: string) {
  await camera.setFault([fault]);
  return (await client()).ask("DESCRIBE", url());
}

/** The packets of at least `count` of them, from a session under the fault. */
async function packetsWith(fault: string, count: number, stream: "main" | "sub" = "main") {
  await camera.setFault([fault]);
  const opened = await client();
  await opened.play(camera.url(stream));
  await opened.until(() => opened.rtp().length >= count);
  opened.close();
  return opened.rtp();
}

test("each fault has a name of the cases or a plain one, and says in one sentence what the camera does", () => {
  for (const [name, does] of FAULTS) {
    expect(name).toMatch(/^(sdp|rtsp|rtp|rec)-\d\d$|^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(does).toMatch(/^[A-Z].*\.$/);
  }
});

describe("session descriptions", () => {
  test.each([
    ["sdp-01", (body: string) => !body.includes("sprop")],
    ["sdp-02:1", (body: string) => body.includes("sprop-parameter-sets=\r\n")],
    ["sdp-02:2", (body: string) => /sprop-parameter-sets=[^,;]+,\r\n/.test(body)],
    ["sdp-03:1", (body: string) => body.includes("sprop-parameter-sets=6QEC")],
    ["sdp-04:1", (body: string) => !/^[os]=/m.test(body) && body.includes("t=0 0")],
    ["sdp-04:2", (body: string) => !/^t=/m.test(body)],
    ["sdp-05", (body: string) => body.startsWith("m=video")],
    [
      "sdp-06",
      (body: string) =>
        body.includes("o=- 1001 1 IN \r\n") && body.includes("c=IN \r\n") && body.includes("a=control:rtsp://"),
    ],
    ["sdp-07", (body: string) => body.indexOf("a=tool") < body.indexOf("t=0 0")],
    [
      "sdp-09",
      (body: string) => body.includes("a=control:rtsp://192.0.2.7/main/trackID=0") && !body.includes("a=control:*"),
    ],
    ["sdp-11", (body: string) => body.includes("m=application/VENDOR")],
    ["sdp-12", (body: string) => body.includes("RTP/AVP (null)")],
    ["sdp-13:1", (body: string) => body.includes("H264/90000 \r\n")],
    ["sdp-13:2", (body: string) => body.includes("a=fmtp:96\r\n")],
    ["sdp-14", (body: string) => !body.includes("\r") && !body.endsWith("\n")],
    ["audio-only", (body: string) => !body.includes("m=video") && body.includes("m=audio")],
    ["unsupported-codec", (body: string) => body.includes("JPEG/90000") && !body.includes("H264")],
  ] as const)("%s is in the body", async (fault, holds) => {
    const answer = await describedWith(fault);
    expect(answer?.status).toBe(200);
    expect(holds(answer!.body), answer!.body).toBe(true);
  });

  test("sdp-03: a parameter set has a start code behind it", async () => {
    const body = (await describedWith("sdp-03:2"))!.body;
    const pps = Buffer.from(/sprop-parameter-sets=[^,]+,(\S+)/.exec(body)![1]!, "base64");
    expect([...pps.subarray(-4)]).toEqual([0, 0, 0, 1]);
  });

  test("sdp-08: SETUP is answered only behind the query of the base", async () => {
    const base = (await describedWith("sdp-08"))!.header("content-base")!;
    expect(base).toBe(`${url()}?channel=1&subtype=0/`);
    const opened = await client();
    const Transport = "RTP/AVP/TCP;unicast;interleaved=0-1";
    expect((await opened.ask("SETUP", `${url()}/trackID=0`, { Transport }))?.status).toBe(404);
    expect((await opened.ask("SETUP", `${base}trackID=0`, { Transport }))?.status).toBe(200);
  });

  test("sdp-10: the base has no scheme, or two", async () => {
    expect((await describedWith("sdp-10:1"))!.header("content-base")).toMatch(/^127/);
    expect((await describedWith("sdp-10:2"))!.header("content-base")).toMatch(/^rtsp:\/\/rtsp:\/\//);
  });
});

describe("the conversation", () => {
  test("rtsp-01: Basic and two Digests, in either order", async () => {
    const kinds = async (fault: string) =>
      (await describedWith(fault))!.headers("www-authenticate").map((value) => /SHA-256|^\w+/.exec(value)![0]);
    const offered = (await describedWith("rtsp-01:1"))!.headers("www-authenticate");
    expect(offered.map((value) => value.includes("SHA-256"))).toEqual([false, false, true]);
    expect((await kinds("rtsp-01:2")).at(-1)).toBe("Basic");
  });

  test.each([
    ["rtsp-02", 'algorithm="SHA-256"'],
    ["rtsp-03", 'qop="auth,auth-int"'],
    ["rtsp-04", 'realm="Unit, Organisation",nonce='],
    ["rtsp-18", "Digest realm="],
  ] as const)("%s: a right answer is let in", async (fault, challenge) => {
    const answer = await describedWith(fault);
    expect(answer?.headers("www-authenticate")).toEqual([expect.stringContaining(challenge)]);
    const password = fault === "rtsp-18" ? "a@b/c?d#e%0X:f" : "";
    expect((await (await client()).askAs("overt", password, "DESCRIBE", url()))?.status).toBe(200);
  });

  test("rtsp-05: the time-out stands behind a blank", async () => {
    await camera.setFault(["rtsp-05"]);
    const { setup } = await (await client()).play(url());
    expect(setup?.header("session")).toMatch(/; timeout=20$/);
  });

  test("rtsp-06: PLAY is answered with another session", async () => {
    await camera.setFault(["rtsp-06"]);
    const { setup, played } = await (await client()).play(url());
    expect(played?.header("session")).not.toBe(setup?.header("session"));
  });

  test("rtsp-07: other channels than asked for, or none named", async () => {
    await camera.setFault(["rtsp-07"]);
    const first = await client();
    expect((await first.play(url())).setup?.header("transport")).toContain("interleaved=4-5");
    await first.until(() => first.rtp(4).length > 2);
    const second = await client();
    expect((await second.play(url())).setup?.header("transport")).not.toContain("interleaved");
    await second.until(() => second.rtp(0).length > 2);
  });

  test("rtsp-08: media comes before the answer to PLAY", async () => {
    await camera.setFault(["rtsp-08"]);
    const opened = await client();
    await opened.play(url());
    expect(opened.framesBefore[2]).toBeGreaterThan(0);
  });

  test("rtsp-09: RTP-Info is absent or wrong", async () => {
    const infos: (string | undefined)[] = [];
    for (const way of [1, 2, 3, 4]) {
      await camera.setFault([`rtsp-09:${way}`]);
      infos.push((await (await client()).play(url())).played?.header("rtp-info"));
    }
    expect(infos).toEqual([
      undefined,
      expect.stringMatching(/;seq=0;rtptime=0;$/),
      expect.stringMatching(/rtptime=-1$/),
      expect.stringContaining("0.0.0.0"),
    ]);
  });

  test("rtsp-10: the second server does not list what it needs, the fourth closes on SET_PARAMETER", async () => {
    await camera.setFault(["rtsp-10:2"]);
    expect((await (await client()).ask("OPTIONS", "*"))?.header("public")).not.toContain("GET_PARAMETER");
    await camera.setFault(["rtsp-10:4"]);
    const opened = await client();
    expect((await opened.ask("SET_PARAMETER", url()))?.status).toBe(400);
    await opened.until(() => false);
    expect(opened.closed).toBe(true);
  });

  test("rtsp-11: two redirects lead home, a circle does not, a third leads away", async () => {
    const follow = async (fault: string) => {
      await camera.setFault([fault]);
      const path: string[] = [];
      for (let at = url(); path.length < 4; ) {
        const answer = await (await client()).ask("DESCRIBE", at);
        const next = answer?.header("location");
        path.push(next ? new URL(next).host + new URL(next).pathname : String(answer?.status));
        if (!next || next.includes("192.0.2.9")) break;
        at = next;
      }
      return path.map((step) => step.replace(`127.0.0.1:${camera.port}`, ""));
    };
    expect(await follow("rtsp-11:1")).toEqual(["/hop1/main", "/hop2/main", "200"]);
    expect(await follow("rtsp-11:2")).toEqual(["/hop1/main", "/main", "/hop1/main", "/main"]);
    expect(await follow("rtsp-11:3")).toEqual(["192.0.2.9:1554/main"]);
  });

  test("rtsp-12: TCP is refused, UDP is not", async () => {
    await camera.setFault(["rtsp-12"]);
    const opened = await client();
    const setup = async (Transport: string) => (await opened.ask("SETUP", `${url()}/trackID=0`, { Transport }))?.status;
    expect(await setup("RTP/AVP/TCP;unicast;interleaved=0-1")).toBe(461);
    expect(await setup("RTP/AVP;unicast;client_port=40000-40001")).toBe(200);
  });

  test("rtsp-13: lines end in LF, all or some", async () => {
    expect((await describedWith("rtsp-13:1"))!.head).not.toContain("\r");
    expect((await describedWith("rtsp-13:2"))!.head).toMatch(/[^\r]\n[\s\S]*\r\n/);
  });

  test("rtsp-14: names are written otherwise, and CSeq must come first", async () => {
    expect((await describedWith("rtsp-14"))!.head).toMatch(/\r\nCseq: 1 \r\n[\s\S]*Content-length: /);
  });

  test("rtsp-15: DESCRIBE without User-Agent is refused", async () => {
    expect((await describedWith("rtsp-15"))?.status).toBe(401);
    expect((await (await client()).ask("DESCRIBE", url(), { "User-Agent": "test" }))?.status).toBe(200);
  });

  test("rtsp-16: a dead session's packets come before SETUP", async () => {
    await camera.setFault(["rtsp-16"]);
    const opened = await client();
    await opened.until(() => opened.frames.length > 2);
    expect(opened.rtp()[0]?.ssrc).toBe(0xdeadbeef);
  });
});

describe("packets", () => {
  test("rtp-01: parameter sets are marked, under an earlier time than their picture", async () => {
    const [sps, , , slice] = await packetsWith("rtp-01", 6);
    expect([sps!.payload[0]! & 31, sps!.marker]).toEqual([7, true]);
    expect(slice!.timestamp).toBe((sps!.timestamp + 3_600) % 2 ** 32);
  });

  test("rtp-02: parameter sets and SEI are marked, under the time of their picture", async () => {
    const packets = await packetsWith("rtp-02", 8);
    const heads = packets.filter(
      ({ payload, timestamp }) => [6, 7, 8].includes(payload[0]! & 31) && timestamp === packets[0]!.timestamp,
    );
    expect(heads.length).toBeGreaterThan(2);
    expect(heads.every(({ marker }) => marker)).toBe(true);
  });

  test.each([
    ["main", 28, 1],
    ["sub", 49, 2],
  ] as const)("rtp-03: small units of /%s are one fragment with both bits", async (stream, type, at) => {
    const packets = await packetsWith("rtp-03", 6, stream);
    const whole = packets.filter(({ payload }) => (payload[at]! & 0xc0) === 0xc0);
    expect(whole.length).toBeGreaterThanOrEqual(2);
    const kind = (byte: number) => (type === 28 ? byte & 31 : (byte >> 1) & 63);
    expect(whole.every(({ payload }) => kind(payload[0]!) === type)).toBe(true);
  });

  test("rtp-04: a key picture's first fragment is lost", async () => {
    const packets = await packetsWith("rtp-04", 120);
    const gaps = packets.filter((packet, i) => i > 0 && packet.sequence !== ((packets[i - 1]!.sequence + 1) & 0xffff));
    const orphan = gaps[0]!.payload;
    expect([orphan[0]! & 31, orphan[1]! & 0x80, orphan[1]! & 31]).toEqual([28, 0, 5]);
  });

  test("rtp-05: later fragments name another type and set the reserved bit", async () => {
    const later = (await packetsWith("rtp-05", 10)).filter(
      ({ payload }) => (payload[0]! & 31) === 28 && !(payload[1]! & 0x80),
    );
    expect(later.length).toBeGreaterThan(0);
    expect(later.every(({ payload }) => (payload[1]! & 0x3f) === 0x21)).toBe(true);
  });

  test("rtp-06: one payload holds a key picture as Annex B, with a start code in front or without", async () => {
    const keys = (await packetsWith("rtp-06", 40)).filter(({ payload }) => splitAnnexB(payload).length > 1);
    const fronts = keys.map(({ payload }) => payload[0] === 0);
    expect(new Set(fronts)).toEqual(new Set([false, true]));
  });

  test("rtp-07: start codes lie inside fragments and across them", async () => {
    const pieces = (await packetsWith("rtp-07", 20)).filter(
      ({ payload }) => (payload[0]! & 31) === 28 && (payload[1]! & 31) === 7,
    );
    const parts = pieces.map(({ payload }) => Buffer.from(payload.subarray(2)));
    // Of four bytes: what is left of one that was cut behind its first is a start code of three.
    const codesIn = (bytes: Buffer): number => bytes.toString("latin1").split("\0\0\0\x01").length - 1;
    const within = parts.reduce((sum, part) => sum + codesIn(part), 0);
    expect(codesIn(Buffer.concat(parts))).toBeGreaterThan(within);
  });

  test("rtp-08: no packet is marked", async () => {
    expect((await packetsWith("rtp-08", 40)).some(({ marker }) => marker)).toBe(false);
  });

  test("rtp-09: packets and fragments without content come, and count", async () => {
    const packets = await packetsWith("rtp-09", 30);
    expect(packets.some(({ payload }) => payload.length === 0)).toBe(true);
    expect(packets.some(({ payload }) => payload.length === 2)).toBe(true);
    expect(packets.map(({ sequence }) => sequence)).toEqual(packets.map((_, i) => (packets[0]!.sequence + i) & 0xffff));
  });

  test("rtp-10: single pictures are stamped hours away", async () => {
    await camera.setFault(["rtp-10"]);
    const opened = await client();
    await opened.play(url());
    const steps = () => {
      const stamps = opened.rtp().map(({ timestamp }) => timestamp);
      return stamps
        .map((stamp, i) => (i === 0 ? 0 : (stamp - stamps[i - 1]!) | 0))
        .filter((step) => Math.abs(step) > 90_000);
    };
    await opened.until(() => steps().length >= 2);
    opened.close();
    const [away, back] = steps();
    expect(Math.abs(away! + back!)).toBeLessThan(90_000);
  });

  test("rtp-11: RTP time starts 2 s before 2^32 and wraps", async () => {
    const [first] = await packetsWith("rtp-11", 2);
    // The wait for a key picture is part of the session's time.
    expect(first!.timestamp).toBeGreaterThanOrEqual(2 ** 32 - 2 * 90_000);
  });

  test("rtp-12 and the clocks: sender reports give the camera's own time", async () => {
    const reported = async (fault: string) => {
      await camera.setFault([fault]);
      const opened = await client();
      await opened.play(url());
      await opened.until(() => opened.frames.some(({ channel }) => channel === 1));
      const report = opened.frames.find(({ channel }) => channel === 1)!.data;
      return (report.readUInt32BE(8) - 2_208_988_800) * 1000;
    };
    expect(await reported("clock-1970")).toBeLessThan(86_400_000);
    expect(Math.abs((await reported("clock-day-off")) + 86_400_000 - Date.now())).toBeLessThan(60_000);
  });

  test("rtp-13: B pictures make RTP time go back and forth", async () => {
    const stamps = (await packetsWith("rtp-13", 30)).map(({ timestamp }) => timestamp);
    const steps = stamps.slice(1).map((stamp, i) => (stamp - stamps[i]!) | 0);
    expect(steps.some((step) => step < 0)).toBe(true);
  });

  test.each([
    ["main", "h264", 7],
    ["sub", "h265", 33],
  ] as const)("rtp-14: the SPS of /%s flickers between two", async (stream, codec, type) => {
    const packets = await packetsWith("rtp-14", 60, stream);
    const nals = unpackNals(
      codec,
      packets.map(({ payload }) => payload),
    );
    const sets = nals.filter((nal) => nalType(codec, nal) === type).map((nal) => Buffer.from(nal).toString("hex"));
    expect(new Set(sets).size).toBe(2);
    expect(sets[0]).toBe(sets[2]);
  });

  test("rtp-16: an aggregate claims more than it has, and a right one follows", async () => {
    const [lying, right] = await packetsWith("rtp-16", 4, "sub");
    expect([lying!.payload[0]! >> 1, right!.payload[0]! >> 1]).toEqual([48, 48]);
    expect(lying!.payload.readUInt16BE(2)).toBeGreaterThan(lying!.payload.length);
    expect(right!.payload.readUInt16BE(2)).toBeLessThan(right!.payload.length);
  });

  test("rtp-18: one packet in twenty is of another source", async () => {
    const packets = await packetsWith("rtp-18", 63);
    expect(packets.filter(({ ssrc }) => ssrc === 0x0badcafe).length).toBeGreaterThanOrEqual(2);
  });

  test("audio-pushed: audio comes on a channel that nobody set up", async () => {
    await camera.setFault(["audio-pushed"]);
    const opened = await client();
    await opened.play(url());
    await opened.until(() => opened.rtp(6).length > 3);
    expect(opened.rtp(6)[0]?.payloadType).toBe(0);
  });

  test("drops-packets: sequence numbers have holes", async () => {
    const packets = await packetsWith("drops-packets", 110);
    const holes = packets.filter((packet, i) => i > 0 && packet.sequence !== ((packets[i - 1]!.sequence + 1) & 0xffff));
    expect(holes.length).toBeGreaterThanOrEqual(2);
  });

  test("rtp-15: another size comes at a key picture, within a session", async () => {
    const packets = await packetsWith("rtp-15", 110);
    const sets = packets
      .filter(({ payload }) => (payload[0]! & 31) === 24)
      .map(({ payload }) => payload.toString("hex"));
    expect(new Set(sets.map((set) => set.slice(0, 60))).size).toBe(2);
  });
});

describe("sessions and places", () => {
  test("rec-03: after five wrong logins the address is shut out, the right password too", async () => {
    await camera.setFault(["rec-03", "rtsp-18"]);
    const login = async (password: string) =>
      (await (await client()).askAs("overt", password, "DESCRIBE", url()))?.status;
    expect(await login("a@b/c?d#e%0X:f")).toBe(200);
    for (let i = 0; i < 4; i++) expect(await login("wrong")).toBe(401);
    expect([await login("wrong"), await login("a@b/c?d#e%0X:f")]).toEqual([undefined, undefined]);
  });

  test("rec-05: the third session gets 453, or pushes the first out", async () => {
    await camera.setFault(["rec-05:1"]);
    const three = [await client(), await client(), await client()];
    const statuses: (number | undefined)[] = [];
    for (const one of three) statuses.push((await one.play(url())).setup?.status);
    expect(statuses).toEqual([200, 200, 453]);
    await camera.setFault(["rec-05:2"]);
    const others = [await client(), await client(), await client()];
    for (const one of others) await one.play(url());
    await others[0]!.until(() => false);
    expect(others.map(({ closed }) => closed)).toEqual([true, false, false]);
  });

  test("rec-06: a broken session keeps its place, one that was torn down does not", async () => {
    await camera.setFault(["rec-06"]);
    const orderly = await client();
    const { setup } = await orderly.play(url());
    await orderly.ask("TEARDOWN", url(), { Session: setup?.header("session")?.split(";")[0] ?? "" });
    orderly.close();
    for (let i = 0; i < 3; i++) {
      const broken = await client();
      expect((await broken.play(url())).setup?.status).toBe(200);
      broken.close();
      await broken.until(() => false);
    }
    expect((await (await client()).play(url())).setup?.status).toBe(453);
  });

  test("rec-08: DESCRIBE fails, each time otherwise", async () => {
    await camera.setFault(["rec-08"]);
    const statuses: (number | undefined)[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await (await client()).ask("DESCRIBE", url()))?.status);
    expect(statuses).toEqual([404, 500, 200, 200, undefined]);
  });

  test("rec-04 and freeze: a running session falls silent and stays open", async () => {
    await camera.setFault([]);
    const opened = await client();
    await opened.play(url());
    await opened.until(() => opened.rtp().length > 3);
    await camera.setFault(["freeze"]);
    const other = await client();
    const answer = other.ask("OPTIONS", "*");
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 500, "silence"))]);
    expect([first, opened.closed, other.closed]).toEqual(["silence", false, false]);
  });

  test("silent-after-accept answers nothing; garbage is no RTSP", async () => {
    await camera.setFault(["silent-after-accept"]);
    const silent = await client();
    const answer = await Promise.race([
      silent.ask("OPTIONS", "*"),
      new Promise((resolve) => setTimeout(resolve, 300, "silence")),
    ]);
    expect([answer, silent.closed]).toEqual(["silence", false]);
    await camera.setFault(["wrong-path"]);
    expect((await (await client()).ask("DESCRIBE", url()))?.status).toBe(404);
  });

  test("rec-10 and gop-4min: one key picture in four minutes, and a new client is not made to wait for it", async () => {
    const slow = { width: 160, height: 120, fps: 4, bitrate: 50_000 };
    const long = await startCamera({
      source: { scene: "market" },
      main: slow,
      sub: { ...slow, fps: 1 },
      seconds: 4,
      cacheDir,
      faults: ["gop-4min"],
      recordSent: true,
    });
    for (const attempt of [1, 2]) {
      const opened = await TestClient.open(long.port);
      await opened.play(long.url("main"));
      await opened.until(() => opened.rtp().filter(({ marker }) => marker).length >= 6);
      opened.close();
      expect(long.sentAccessUnits("main").filter(({ key }) => key).length).toBe(attempt);
    }
    await long.stop();
  });
});
