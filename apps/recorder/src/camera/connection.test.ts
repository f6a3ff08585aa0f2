import { createSocket } from "node:dgram";
import { lookup } from "node:dns";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { minutes, seconds } from "@overt/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConnectLimiter } from "./connect-limiter.ts";
import {
  type Answer,
  answering,
  FakeCameraServer,
  guarded,
  reply,
  rtpFrame,
  TEST_CERTIFICATE,
  TEST_FINGERPRINT,
  until,
  Watched,
} from "./fake-camera-server.ts";
import { CameraLogin } from "./login-budget.ts";

const open: { close(): Promise<void> }[] = [];

// Sockets are real; only the time between them is ours.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  vi.useRealTimers();
});

async function camera(answer: Answer = answering(), options: { tls?: boolean; port?: number } = {}) {
  const server = await FakeCameraServer.open(answer, options);
  open.push(server);
  return server;
}

function watch(...args: ConstructorParameters<typeof Watched>): Watched {
  const watched = new Watched(...args);
  open.push({
    close: async () => {
      const stopped = watched.connection.stop();
      for (let n = 0; n < 20; n++) await setImmediate();
      vi.advanceTimersByTime(2_000);
      await stopped;
    },
  });
  return watched.start();
}

/** Lets time pass in small steps, and sockets do their work in each. */
async function pass(ms: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    vi.advanceTimersByTime(stepMs);
    for (let n = 0; n < 12; n++) await setImmediate();
  }
}

/** Lets time pass until it is so, and fails when it is not within `mostMs`. */
async function passUntil(so: () => boolean, mostMs: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < mostMs && !so(); passed += stepMs) await pass(stepMs, stepMs);
  expect(so()).toBe(true);
}

/** Waits for the first failure. */
async function failure(watched: Watched) {
  await pass(1);
  await watched.reaches("waiting");
  return watched.last;
}

test("a camera's pictures come, and stop() leaves it with TEARDOWN", async () => {
  const server = await camera();
  const watched = watch(server.url);
  await pass(1);
  await watched.reaches("playing");
  server.send(rtpFrame(1, 0));
  await until(() => watched.packets === 1);
  expect(watched.described).toEqual(["h264"]);
  expect(watched.states.map(({ state }) => state)).toEqual(["connecting", "playing"]);
  await watched.connection.stop();
  expect(server.methods).toEqual(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]);
  expect(watched.last).toMatchObject({ state: "stopped", cause: null, error: null });
  await until(() => server.sockets.size === 0);
});

test("stopping twice, before anything is open, and starting again are all well", async () => {
  const server = await camera();
  const watched = watch(server.url);
  await Promise.all([watched.connection.stop(), watched.connection.stop()]);
  expect(server.connections).toBe(0);
  watched.start();
  await pass(1);
  await watched.reaches("playing");
  const both = [watched.connection.stop(), watched.connection.stop()];
  expect(watched.last.state).toBe("playing");
  await Promise.all(both);
  expect(watched.last.state).toBe("stopped");
  expect(server.methods.filter((method) => method === "TEARDOWN")).toHaveLength(1);
});

test("a pause of our own process is no silence of the camera", async () => {
  const server = await camera();
  const watched = watch(server.url);
  await pass(1);
  await watched.reaches("playing");
  for (let n = 0; n < 3; n++) {
    server.send(rtpFrame(n, n * 9_000));
    await until(() => watched.packets === n + 1);
  }
  server.send(rtpFrame(3, 27_000));
  vi.advanceTimersByTime(6_000);
  await pass(4_000);
  expect(watched.packets).toBe(4);
  expect(watched.last.state).toBe("playing");
});

describe("rec-01, rec-02 motioneye#2429: a camera that is off", () => {
  test("is tried for ever, more and more slowly, and found within half a minute of its return", async () => {
    const gone = await camera();
    const { port, url } = gone;
    await gone.close();
    const watched = watch(url);
    expect(await failure(watched)).toMatchObject({ cause: "camera_unreachable", error: { code: "CAMERA_REFUSED" } });
    await pass(minutes(10), 1_000);
    const waits = watched.states.filter(({ state }) => state === "waiting").length;
    expect(waits).toBeGreaterThan(20);
    expect(waits).toBeLessThan(80);
    await camera(answering(), { port });
    await passUntil(() => watched.last.state === "playing", seconds(30));
    expect(watched.described).toEqual(["h264"]);
  });
});

describe("rec-03 pi-nvr#11: a wrong password", () => {
  const bob = (authorization: string) => authorization.includes('username="bob"');
  const refusals = (server: FakeCameraServer) => server.asked.filter(({ headers }) => headers.has("authorization"));

  test("is tried three times in half an hour over both streams, and said so", async () => {
    const server = await camera(guarded(() => false));
    const login = new CameraLogin({ username: "alice", password: "a@b/c" });
    const streams = (["main", "sub"] as const).map((which) => watch(server.url, { which, login }));
    await pass(minutes(29), 1_000);
    expect(refusals(server)).toHaveLength(3);
    for (const { last } of streams) {
      expect(last).toMatchObject({ state: "waiting", cause: "auth_failed", error: { code: "AUTH_FAILED" } });
      expect(String(last.error)).not.toContain("a@b/c");
    }
    await pass(minutes(30), 1_000);
    expect(refusals(server).length).toBeLessThanOrEqual(6);
  });

  test("is tried again at once when it was changed", async () => {
    const server = await camera(guarded(bob));
    const login = new CameraLogin({ username: "alice", password: "x" });
    const watched = watch(server.url, { login });
    await pass(minutes(2), 1_000);
    expect(watched.last.state).toBe("waiting");
    login.change({ username: "bob", password: "y" });
    await pass(250);
    await watched.reaches("playing");
  });

  test("is not tried twice when it changes while its stream stands in the queue", async () => {
    const server = await camera(guarded(bob));
    const login = new CameraLogin({ username: "alice", password: "x" });
    const limiter = new ConnectLimiter(1, minutes(60));
    const watched = watch(server.url, { login, limiter });
    await failure(watched);
    const leave = limiter.enter(() => {});
    await pass(1_000);
    login.change({ username: "bob", password: "y" });
    await pass(250);
    expect(server.connections).toBe(1);
    leave();
    await watched.reaches("playing");
    await pass(1_000);
    expect(server.connections).toBe(2);
  });

  test("a camera that asks for none and one that wants one that is not set", async () => {
    const server = await camera(guarded(bob));
    expect(await failure(watch(server.url))).toMatchObject({ cause: "auth_failed", error: { code: "AUTH_REQUIRED" } });
  });
});

test("rec-04 javacv#2112: without a FIN and without data the gap begins at the last picture", async () => {
  const server = await camera();
  const watched = watch(server.url);
  await pass(1);
  await watched.reaches("playing");
  for (let n = 0; n < 10; n++) {
    server.send(rtpFrame(n, n * 9_000));
    await until(() => watched.packets === n + 1);
    await pass(100, 100);
  }
  const lastMs = performance.now() - 100;
  await pass(4_800, 100);
  expect(watched.last.state).toBe("playing");
  await pass(200, 100);
  expect(watched.last).toMatchObject({
    state: "waiting",
    cause: "camera_unreachable",
    error: { code: "CAMERA_LOST", message: expect.stringContaining("gate-1 (main)") },
    sinceMs: lastMs,
  });
  expect(server.methods.at(-1)).toBe("TEARDOWN");
  await until(() => server.sockets.size === 0);
  await pass(1_000);
  await watched.reaches("playing");
  expect(server.connections).toBe(2);
});

test("rec-05 frigate#5983: 453 is shown as such and tried slowly", async () => {
  const server = await camera(answering({ SETUP: (asked) => reply(asked, "453 Not Enough Bandwidth") }));
  const watched = watch(server.url);
  expect(await failure(watched)).toMatchObject({ cause: "camera_unreachable", error: { code: "CAMERA_FULL" } });
  await pass(seconds(25));
  expect(server.connections).toBe(1);
});

test("rec-06 retina#34: a camera with 3 places of 60 s takes us again after five breaks in a minute", async () => {
  const places: number[] = [];
  const server = await camera(
    answering({
      SETUP: (asked) => {
        const free = places.filter((atMs) => atMs + seconds(60) > asked.atMs).length < 3;
        if (free) places.push(asked.atMs);
        return free ? reply(asked, "200 OK", ["Session: 7"]) : reply(asked, "453 Not Enough Bandwidth");
      },
    }),
  );
  const watched = watch(server.url);
  for (let n = 0; n < 5; n++) {
    await pass(seconds(10));
    server.breakOff();
  }
  await pass(seconds(120), 1_000);
  expect(watched.states.some(({ error }) => error?.code === "CAMERA_FULL")).toBe(true);
  expect(watched.states.filter(({ state }) => state === "playing").length).toBeGreaterThan(3);
});

test("rec-07: 200 cameras that answer in the same instant are connected to 32 at a time, and all play in 30 s", async () => {
  const server = await camera(answering({ OPTIONS: () => null }));
  const limiter = new ConnectLimiter();
  const cameras = Array.from({ length: 200 }, () => watch(server.url, { limiter }));
  await pass(1);
  await until(() => server.sockets.size === 32);
  await pass(500);
  expect(server.mostSockets).toBe(32);
  server.answer = answering();
  await passUntil(() => cameras.every(({ described }) => described.length > 0), seconds(30));
});

test("rec-08 mediamtx#2784: a camera that fails a thousand times leaves no handle behind", async () => {
  const server = await camera(answering({ DESCRIBE: (asked) => reply(asked, "500 Internal Server Error") }));
  const watched = watch(server.url);
  await failure(watched);
  const handles = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCPSocket")).length;
  await until(() => server.sockets.size === 0);
  const before = handles();
  while (server.connections < 1_000) {
    vi.advanceTimersByTime(60_000);
    await setImmediate();
  }
  await watched.reaches("waiting");
  await until(() => server.sockets.size === 0);
  for (let n = 0; n < 100 && handles() > before; n++) await setImmediate();
  expect(handles()).toBeLessThanOrEqual(before);
});

describe("rtsp-10 go2rtc#2409: the keep-alive that works is remembered", () => {
  test("after one that was refused the next session uses the other", async () => {
    const server = await camera(answering({ GET_PARAMETER: () => "close" }));
    const watched = watch(server.url);
    await pass(1);
    for (let second = 0; second < 100; second++) {
      await pass(1_000, 1_000);
      server.send(rtpFrame(second, second * 90_000));
    }
    expect(watched.states.filter(({ state }) => state === "playing")).toHaveLength(2);
    expect(server.methods.filter((method) => method === "GET_PARAMETER")).toHaveLength(1);
    expect(server.methods.slice(server.methods.lastIndexOf("PLAY"))).toContain("OPTIONS");
  });
});

describe("rtsp-11 go2rtc#1881: redirects", () => {
  const to = (url: () => string) =>
    answering({ DESCRIBE: (asked) => reply(asked, "302 Moved", [`Location: ${url()}`]) });

  test("a chain of two is followed, each on its own connection, and the stored URL stays", async () => {
    const last = await camera();
    const middle = await camera(to(() => last.url));
    const first = await camera(to(() => middle.url));
    const watched = watch(first.url);
    await pass(1);
    await watched.reaches("playing");
    last.breakOff();
    await pass(2_000);
    await watched.reaches("playing");
    expect([first, middle, last].map(({ connections }) => connections)).toEqual([2, 2, 2]);
  });

  test("a loop ends after three", async () => {
    const server: FakeCameraServer = await camera(to(() => server.url));
    expect(await failure(watch(server.url))).toMatchObject({ error: { code: "REDIRECT_LOOP" } });
    expect(server.connections).toBe(4);
  });

  test("another host gets the login only where the operator allows it", async () => {
    const other = await camera(guarded(() => true));
    const first = await camera(to(() => other.url.replace("127.0.0.1", "localhost")));
    const login = new CameraLogin({ username: "alice", password: "secret" });
    const refused = watch(first.url, { login });
    expect(await failure(refused)).toMatchObject({ error: { code: "REDIRECT_HOST_REFUSED" } });
    expect(other.asked.some(({ headers }) => headers.has("authorization"))).toBe(false);
    const allowed = watch(first.url, { login, redirectHosts: ["localhost"] });
    await pass(1);
    await allowed.reaches("playing");
  });

  test("from RTSPS into the clear the login never goes along", async () => {
    const plain = await camera(guarded(() => true));
    const first = await camera(
      to(() => plain.url),
      { tls: true },
    );
    const login = new CameraLogin({ username: "alice", password: "secret" });
    const watched = watch(first.url.replace("rtsp:", "rtsps:"), { login, tls: { acceptAny: true } });
    expect(await failure(watched)).toMatchObject({ error: { code: "REDIRECT_HOST_REFUSED" } });
    expect(plain.asked.some(({ headers }) => headers.has("authorization"))).toBe(false);
  });
});

test("rtsp-16 moonfire#209: a dead session's packets are waited out, and the wait itself ends", async () => {
  const server = await camera();
  server.greeting = rtpFrame(9, 9);
  const watched = watch(server.url);
  expect(await failure(watched)).toMatchObject({ error: { code: "CAMERA_STALE_SESSION" } });
  await pass(seconds(50), 1_000);
  expect(server.connections).toBe(1);
  await passUntil(() => watched.last.state === "playing", seconds(90));
  expect(server.connections).toBe(3);
  expect(watched.connection.tolerated.get("stale_packets")).toBe(3);
});

describe("each bad camera gives one clear error", () => {
  test.each<[string, Record<string, Answer>, string, string]>([
    ["a wrong path", { DESCRIBE: (a) => reply(a, "404 Not Found") }, "STREAM_NOT_FOUND", "camera_unreachable"],
    [
      "audio only",
      { DESCRIBE: (a) => reply(a, "200 OK", [], "m=audio 0 RTP/AVP 0\r\n") },
      "STREAM_AUDIO_ONLY",
      "camera_silent",
    ],
    [
      "no codec of ours",
      { DESCRIBE: (a) => reply(a, "200 OK", [], "m=video 0 RTP/AVP 26\r\n") },
      "CODEC_UNSUPPORTED",
      "camera_silent",
    ],
    ["UDP only", { SETUP: (a) => reply(a, "461 Unsupported Transport") }, "TRANSPORT_REFUSED", "camera_unreachable"],
    ["a connection that closes", { OPTIONS: () => "close" }, "CAMERA_CLOSED", "camera_unreachable"],
    [
      "garbage on the port",
      { OPTIONS: () => "HTTP/1.1 400 Bad Request\r\n\r\n" },
      "RTSP_NOT_SPOKEN",
      "camera_unreachable",
    ],
  ])("%s", async (_, methods, code, cause) => {
    const server = await camera(answering(methods));
    const state = await failure(watch(server.url));
    expect(state).toMatchObject({ cause, error: { code, hint: expect.any(String) } });
    expect(state.error?.message).toMatch(/^gate-1 \(main\): /);
  });

  test("accepting and staying silent", async () => {
    const server = await camera(() => null);
    const watched = watch(server.url);
    await pass(1);
    await until(() => server.asked.length === 1);
    await pass(9_000);
    expect(watched.last.state).toBe("connecting");
    await pass(1_250);
    expect(watched.last).toMatchObject({ cause: "camera_silent", error: { code: "CAMERA_SILENT" } });
  });

  test("playing and sending nothing", async () => {
    const server = await camera();
    const watched = watch(server.url);
    await pass(1);
    await watched.reaches("playing");
    await pass(10_250);
    expect(watched.last).toMatchObject({ cause: "camera_silent", error: { code: "CAMERA_NO_MEDIA" } });
  });

  test("a connection that is never ready", async () => {
    const server = await camera(() => null);
    const watched = watch(server.url.replace("rtsp:", "rtsps:"));
    await pass(1);
    await until(() => server.connections === 1);
    await pass(8_250);
    expect(watched.last).toMatchObject({ cause: "camera_unreachable", error: { code: "CAMERA_UNREACHABLE" } });
  });

  test("a name without an address", async () => {
    await new Promise<void>((resolve) => lookup("camera.invalid", () => resolve()));
    expect(await failure(watch("rtsp://camera.invalid/live"))).toMatchObject({
      cause: "camera_unreachable",
      error: { code: "CAMERA_NAME_UNKNOWN" },
    });
  });

  test("a URL with a password in it is refused before anything is opened", () => {
    expect(() => new Watched("rtsp://a:b@127.0.0.1/live")).toThrow(
      expect.objectContaining({ code: "URL_HAS_CREDENTIALS" }),
    );
  });
});

describe("rtsp-12 retina#103: a camera that has UDP only, as VLC", () => {
  const overUdp: Answer = answering({
    SETUP: (asked) => {
      const ports = /^RTP\/AVP;unicast;client_port=(\d+)-(\d+)$/.exec(asked.headers.get("transport") ?? "");
      if (!ports) return reply(asked, "461 Unsupported Transport");
      return reply(asked, "200 OK", ["Session: 7", `Transport: ${ports[0]};server_port=6970-6971`]);
    },
  });
  const packet = rtpFrame(1, 0).subarray(4);

  test("is refused by TCP with a hint, and plays where its transport is set to udp", async () => {
    const server = await camera(overUdp);
    const state = await failure(watch(server.url));
    expect(state).toMatchObject({ cause: "camera_unreachable", error: { code: "TRANSPORT_REFUSED" } });
    expect(state.error?.hint).toContain("udp");
    const watched = watch(server.url, { transport: "udp" });
    await pass(1);
    await watched.reaches("playing");
    const port = Number(/client_port=(\d+)/.exec(server.asked.at(-2)?.headers.get("transport") ?? "")?.[1]);
    expect(port % 2).toBe(0);
    const [stranger, known] = [createSocket("udp4"), createSocket("udp4")];
    stranger.bind(0, "127.0.0.2");
    await once(stranger, "listening");
    stranger.send(packet, port, "127.0.0.1");
    await setImmediate();
    known.send(packet, port, "127.0.0.1");
    await until(() => watched.packets > 0);
    await pass(1);
    expect(watched.packets).toBe(1);
    stranger.close();
    known.close();
  });

  test("is never given up encryption for", async () => {
    const server = await camera(overUdp, { tls: true });
    const watched = watch(server.url.replace("rtsp:", "rtsps:"), { transport: "udp", tls: { acceptAny: true } });
    expect(await failure(watched)).toMatchObject({ error: { code: "TRANSPORT_REFUSED" } });
  });
});

describe("RTSPS", () => {
  const secure = (server: FakeCameraServer) => server.url.replace("rtsp:", "rtsps:");

  test.each([
    ["its CA is given", { ca: TEST_CERTIFICATE }],
    ["its fingerprint is pinned", { fingerprintSha256: TEST_FINGERPRINT.toLowerCase().replaceAll(":", "") }],
    ["any certificate is taken", { acceptAny: true }],
  ])("plays where %s", async (_, tls) => {
    const server = await camera(answering(), { tls: true });
    const watched = watch(secure(server), { tls });
    await pass(1);
    await watched.reaches("playing");
    server.send(rtpFrame(1, 0));
    await until(() => watched.packets === 1);
  });

  test.each([
    ["nothing vouches for it", {}],
    ["it is not the pinned one", { fingerprintSha256: "00".repeat(32) }],
  ])("says not a word to a camera where %s", async (_, tls) => {
    const server = await camera(answering(), { tls: true });
    expect(await failure(watch(secure(server), { tls }))).toMatchObject({ error: { code: "TLS_UNTRUSTED" } });
    expect(server.asked).toEqual([]);
  });

  test("names a port that does not speak TLS", async () => {
    const server = await camera(answering());
    server.greeting = new TextEncoder().encode("RTSP/1.0 400 Bad Request\r\n\r\n");
    expect(await failure(watch(secure(server)))).toMatchObject({ error: { code: "RTSP_NOT_SPOKEN" } });
  });
});
