import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CameraOptions, SimCamera } from "./camera.ts";
import { startCamera } from "./camera.ts";
import { runCameras } from "./cameras.ts";
import { nalListHash } from "./codec/unit.ts";
import { prepareStream } from "./prepare/prepare.ts";
import { readPrepared } from "./prepare/stored.ts";
import { readTimecode } from "./scene/timecode.ts";
import { TestClient, unpackNals } from "./server/test-client.ts";

const run = promisify(execFile);
const noFfmpeg = spawnSync("ffmpeg", ["-version"]).status !== 0;

let cacheDir: string;
const running: SimCamera[] = [];

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "overt-sim-"));
});

afterAll(async () => {
  await Promise.all(running.map((camera) => camera.stop()));
  await rm(cacheDir, { recursive: true });
});

const SMALL = { width: 320, height: 240, fps: 10, bitrate: 200_000, gop: 10 };

async function camera(more: Partial<CameraOptions> = {}): Promise<SimCamera> {
  const started = await startCamera({
    source: { scene: "market" },
    main: SMALL,
    sub: { ...SMALL, codec: "h265" },
    seconds: 2,
    cacheDir,
    ...more,
  });
  running.push(started);
  return started;
}

describe.skipIf(noFfmpeg)(`ffmpeg as a client${noFfmpeg ? " [skipped: no ffmpeg]" : ""}`, () => {
  let source: SimCamera;
  beforeAll(async () => {
    source = await camera({ user: "overt", password: "secret" });
  });

  test.each([
    ["H.264", "main", "tcp"],
    ["H.264", "main", "udp"],
    ["H.265", "sub", "tcp"],
    ["H.265", "sub", "udp"],
  ] as const)(
    "decodes %s of /%s over %s without an error, over the seams of a loop of 2 s",
    async (_, stream, transport) => {
      const url = source.url(stream).replace("rtsp://", "rtsp://overt:secret@");
      const input = ["-rtsp_transport", transport, "-i", url];
      const { stdout, stderr } = await run("ffmpeg", [
        "-v",
        "warning",
        ...input,
        "-an",
        "-t",
        "5",
        "-f",
        "framemd5",
        "-",
      ]);
      const frames = stdout.split("\n").filter((line) => line.startsWith("0,"));
      expect(stderr).toBe("");
      expect(frames.length).toBeGreaterThanOrEqual(49);
      const times = frames.map((line) => Number(line.split(",")[2]));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );

  test("finds the sizes, codecs and rate of both streams", async () => {
    const probe = async (stream: "main" | "sub") => {
      const url = source.url(stream).replace("rtsp://", "rtsp://overt:secret@");
      const show = ["-show_entries", "stream=codec_name,width,height,avg_frame_rate", "-of", "csv=p=0"];
      const { stdout } = await run("ffprobe", [
        "-v",
        "error",
        "-rtsp_transport",
        "tcp",
        "-select_streams",
        "v",
        ...show,
        url,
      ]);
      return stdout.trim();
    };
    expect(await probe("main")).toBe("h264,320,240,10/1");
    expect(await probe("sub")).toBe("hevc,320,240,10/1");
  });
});

test.each([
  ["H.264", "main", "h264"],
  ["H.265", "sub", "h265"],
] as const)(
  "what a client puts together from packets of %s is, unit for unit, what the camera says it sent",
  async (_, stream, codec) => {
    const source = await camera({ recordSent: true });
    const client = await TestClient.open(source.port);
    await client.play(source.url(stream));
    await client.until(() => client.rtp().filter((packet) => packet.marker).length >= 25);
    client.close();
    const packets = client.rtp();
    const sequences = packets.map((packet) => packet.sequence);
    expect(sequences).toEqual(sequences.map((_, i) => (sequences[0]! + i) & 0xffff));
    const stamps = [...new Set(packets.map((packet) => packet.timestamp))];
    const steps = stamps.slice(1).map((stamp, i) => (stamp - stamps[i]! + 2 ** 32) % 2 ** 32);
    expect(new Set(steps)).toEqual(new Set([9_000]));
    const received = stamps.slice(0, 25).map((stamp) => {
      const payloads = packets.filter((packet) => packet.timestamp === stamp).map((packet) => packet.payload);
      return nalListHash(unpackNals(codec, payloads));
    });
    const sent = source.sentAccessUnits(stream);
    const first = sent.findIndex((unit) => unit.key);
    expect(received).toEqual(sent.slice(first, first + 25).map((unit) => unit.hash));
  },
);

test("audio is offered, and is not sent to a client that does not set it up", async () => {
  const source = await camera();
  const client = await TestClient.open(source.port);
  const { described } = await client.play(source.url("main"));
  await client.until(() => client.rtp().length > 10);
  client.close();
  expect(described?.body).toContain("m=audio 0 RTP/AVP 0");
  expect(new Set(client.frames.map((frame) => frame.channel))).toEqual(new Set([0, 1]));
});

test("a sender report ties RTP time to the camera's clock", async () => {
  const source = await camera();
  const client = await TestClient.open(source.port);
  await client.play(source.url("main"));
  await client.until(() => client.frames.some((frame) => frame.channel === 1));
  client.close();
  const report = client.frames.find((frame) => frame.channel === 1)!.data;
  expect([report[1], report.length % 4]).toEqual([200, 0]);
  const ntpMs = (report.readUInt32BE(8) - 2_208_988_800) * 1000;
  expect(Math.abs(ntpMs - Date.now())).toBeLessThan(60_000);
  expect(report.readUInt32BE(4)).toBe(client.rtp()[0]!.ssrc);
});

test.each(["basic", "digest-md5", "digest-sha256"] as const)(
  "%s lets the right password in and no other",
  async (scheme) => {
    const source = await camera({ user: "overt", password: "p/w@1", auth: { schemes: [scheme] } });
    const url = source.url("main");
    const ask = async (password: string) => {
      const client = await TestClient.open(source.port);
      const Authorization = `Basic ${Buffer.from(`overt:${password}`).toString("base64")}`;
      const answer = await (scheme === "basic"
        ? client.ask("DESCRIBE", url, { Authorization })
        : client.askAs("overt", password, "DESCRIBE", url));
      client.close();
      return answer?.status;
    };
    expect([await ask("p/w@1"), await ask("wrong")]).toEqual([200, 401]);
  },
);

test("RTSPS serves the same over TLS", async () => {
  const [key, cert] = [join(cacheDir, "key.pem"), join(cacheDir, "cert.pem")];
  const made = spawnSync("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=camera",
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  expect(made.status).toBe(0);
  const source = await camera({ tls: { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") } });
  expect(source.url("main")).toMatch(/^rtsps:/);
  const client = await TestClient.open(source.port, true);
  expect((await client.play(source.url("main"))).played?.status).toBe(200);
  await client.until(() => client.rtp().length > 5);
  client.close();
});

test("a session that shows no sign of life is closed after its time-out, one that does is not", async () => {
  const source = await camera({ sessionTimeoutS: 1 });
  const [silent, lively] = [await TestClient.open(source.port), await TestClient.open(source.port)];
  const { setup } = await silent.play(source.url("main"));
  expect(setup?.header("session")).toMatch(/;timeout=1$/);
  const session = (await lively.play(source.url("main"))).setup?.header("session")?.split(";")[0] ?? "";
  const beat = setInterval(() => void lively.ask("GET_PARAMETER", source.url("main"), { Session: session }), 300);
  await silent.until(() => false);
  clearInterval(beat);
  expect([silent.closed, lively.closed]).toEqual([true, false]);
  lively.close();
});

test("TEARDOWN ends the pictures and leaves the connection", async () => {
  const source = await camera();
  const client = await TestClient.open(source.port);
  const { setup } = await client.play(source.url("main"));
  await client.until(() => client.rtp().length > 3);
  const Session = setup?.header("session")?.split(";")[0] ?? "";
  expect((await client.ask("TEARDOWN", source.url("main"), { Session }))?.status).toBe(200);
  expect((await client.ask("OPTIONS", "*"))?.header("public")).toContain("GET_PARAMETER");
  expect(source.stats().playing).toBe(0);
  client.close();
});

test("a port in use is named in the refusal", async () => {
  const source = await camera();
  await expect(camera({ port: source.port })).rejects.toMatchObject({
    code: "SIM_PORT_IN_USE",
    message: expect.stringContaining(String(source.port)),
  });
});

test("power-off refuses connections on the same port until the fault is taken off", async () => {
  const source = await camera();
  const { port } = source;
  const client = await TestClient.open(port);
  await source.setFault(["power-off"]);
  await client.until(() => false);
  await expect(TestClient.open(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await source.setFault([]);
  const again = await TestClient.open(source.port);
  expect([source.port, (await again.ask("OPTIONS", "*"))?.status]).toEqual([port, 200]);
  again.close();
});

test("an unknown fault is refused with the list of those that are known", async () => {
  await expect(camera({ faults: ["sdp-99"] })).rejects.toMatchObject({
    code: "SIM_FAULT_UNKNOWN",
    hint: expect.stringContaining("sdp-01, sdp-02"),
  });
});

test("a damaged video file is refused by name", async () => {
  const video = join(cacheDir, "damaged.mp4");
  await writeFile(video, Buffer.alloc(4_000, 0x37));
  await expect(camera({ source: { video } })).rejects.toMatchObject({
    code: "SIM_VIDEO_UNREADABLE",
    message: expect.stringContaining("damaged.mp4"),
  });
});

test.skipIf(noFfmpeg)(
  `a video keeps its shape and is played again from its start${noFfmpeg ? " [skipped: no ffmpeg]" : ""}`,
  async () => {
    const video = join(cacheDir, "wide.mp4");
    const made = spawnSync("ffmpeg", [
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      "testsrc=size=426x240:rate=12:duration=1",
      video,
    ]);
    expect(made.status).toBe(0);
    const source = await camera({
      source: { video },
      main: { fps: 10 },
      sub: { fps: 10 },
      seconds: 3,
      recordSent: true,
    });
    const client = await TestClient.open(source.port);
    const { described } = await client.play(source.url("sub"));
    await client.until(() => client.rtp().filter(({ marker }) => marker).length >= 3);
    client.close();
    expect(described?.body).toContain("a=framerate:10");
    const size = async (stream: "main" | "sub") => {
      const show = ["-show_entries", "stream=width,height", "-of", "csv=p=0"];
      const input = ["-rtsp_transport", "tcp", "-select_streams", "v", ...show, source.url(stream)];
      return (await run("ffprobe", ["-v", "error", ...input])).stdout.trim();
    };
    expect([await size("main"), await size("sub")]).toEqual(["426,240", "426,240"]);
  },
);

test("a prepared stream is read from the cache the second time, and is the same", async () => {
  const options = { source: { scene: "station" }, codec: "h264", ...SMALL, seconds: 1, cacheDir } as const;
  const made = await prepareStream(options);
  // As another process would find it.
  const read = await readPrepared(made.path.replace(/\.annexb$/, ""));
  expect(read?.units.map((unit) => [unit.hash, unit.key])).toEqual(made.units.map((unit) => [unit.hash, unit.key]));
  expect(read?.parameterSets).toEqual(made.parameterSets.map((set) => Buffer.from(set)));
});

test("cameras of one source share their pictures, each at its own port", async () => {
  const { cameras, stop } = await runCameras({
    count: 4,
    sources: [{ scene: "market" }],
    main: SMALL,
    sub: SMALL,
    seconds: 2,
    cacheDir,
  });
  const clients = await Promise.all(cameras.map((one) => TestClient.open(one.port)));
  await Promise.all(clients.map((client, i) => client.play(cameras[i]!.url("main"))));
  await Promise.all(clients.map((client) => client.until(() => client.rtp().length > 3)));
  expect(new Set(cameras.map((one) => one.port)).size).toBe(4);
  for (const client of clients) client.close();
  await stop();
});

test.skipIf(noFfmpeg)(
  `a camera in real time writes the time of now into its pictures${noFfmpeg ? " [skipped: no ffmpeg]" : ""}`,
  async () => {
    const source = await camera({
      realtime: true,
      marks: { timecode: true, stamp: true },
      main: { width: 640, height: 480, fps: 10 },
      sub: SMALL,
    });
    // As they came: ffmpeg would double a late one.
    const output = ["-vsync", "0", "-frames:v", "8", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
    const { stdout } = await run(
      "ffmpeg",
      ["-v", "error", "-rtsp_transport", "tcp", "-i", source.url("main"), "-an", ...output],
      {
        encoding: "buffer",
        maxBuffer: 1 << 24,
      },
    );
    const now = Date.now() % 2 ** 13;
    const codes = Array.from({ length: stdout.length / (640 * 480) }, (_, i) =>
      readTimecode(640, 480, (x, y) => stdout[i * 640 * 480 + Math.floor(y) * 640 + Math.floor(x)]!),
    );
    expect(codes.length).toBe(8);
    expect(codes.every((code) => code !== undefined && (now - code + 2 ** 13) % 2 ** 13 < 8_000)).toBe(true);
    expect(new Set(codes).size).toBe(8);
  },
);
