import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startControl } from "./start.ts";
import { OPERATOR, startLoggedIn, startTestCentre, type TestCentre } from "./test-centre.ts";

describe("a centre with an account", () => {
  let centre: TestCentre;
  beforeAll(async () => {
    centre = await startLoggedIn();
  });
  afterAll(() => centre.close());

  test("speaks HTTPS under its own authority, which a client can fetch and trust", async () => {
    const stranger = centre.client.fresh();
    expect(centre.control.url).toMatch(/^https:\/\/localhost:\d+\/$/);
    expect(centre.control.caFingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(stranger.authority).toContain("BEGIN CERTIFICATE");
    expect((await stranger.send("GET", "/healthz")).json()).toEqual({ ok: true });
  });

  test("sends plain HTTP on its port to HTTPS", async () => {
    const plain = centre.client.fresh();
    const url = new URL(centre.control.url);
    const answer = await plain.send("GET", `http://${url.host}/cameras?x=1`);
    expect(answer.status).toBe(308);
    expect(answer.headers.location).toBe(`https://${url.host}/cameras?x=1`);
  });

  test.each([
    ["as it is", {}],
    ["that names an upgrade it does not ask for", { upgrade: "websocket" }],
    ["with an upgrade to nothing we know", { connection: "close", upgrade: "x" }],
  ])("refuses every route without a log-in, but for the few that make one: a request %s", async (_how, headers) => {
    const document = (await centre.client.send("GET", "/api/openapi.json")).json<{ paths: Record<string, object> }>();
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, "x")}`),
    );
    const stranger = centre.client.fresh();
    const answers = await Promise.all(
      [...routes, "GET /api/openapi.json", "GET /api/socket", "GET /api/unknown", "HEAD /api/cameras"].map(
        async (route) => {
          const [method = "", path = ""] = route.split(" ");
          const body = method === "GET" || method === "HEAD" ? undefined : {};
          return [route, (await stranger.send(method, path, body, headers)).status] as const;
        },
      ),
    );
    const open = answers.filter(([, status]) => status !== 401).map(([route]) => route);
    expect(routes.length).toBeGreaterThan(14);
    expect(open.sort()).toEqual([
      "GET /api/setup",
      "GET /healthz",
      "POST /api/login",
      "POST /api/passkeys/login",
      "POST /api/passkeys/login/options",
      "POST /api/setup",
    ]);
    expect(stranger.cookie).toBeUndefined();
  });

  test("does not take an upgrade's header for leave to come from another site", async () => {
    const stranger = centre.client.fresh();
    stranger.origin = "https://evil.example";
    const headers = { upgrade: "websocket" };
    expect((await stranger.send("POST", "/api/login", OPERATOR, headers)).status).toBe(403);
  });

  test("a real upgrade of a route that is no socket gets nothing of it without a log-in", async () => {
    const { hostname, port } = new URL(centre.control.url);
    const socket = tlsConnect({ host: hostname, port: Number(port), rejectUnauthorized: false });
    socket.write(
      `GET /api/cameras HTTP/1.1\r\nHost: ${hostname}:${port}\r\nOrigin: https://${hostname}:${port}\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    let text = "";
    for await (const chunk of socket.setEncoding("latin1")) {
      text += chunk;
      if (text.includes("NOT_LOGGED_IN")) break;
    }
    expect(text).toMatch(/^HTTP\/1.1 401 /);
    expect(text).not.toContain('"cameras"');
  });

  test("describes itself as OpenAPI 3.1, each reply with its fields", async () => {
    const document = (await centre.client.send("GET", "/api/openapi.json")).json<OpenApi>();
    expect(document.openapi).toBe("3.1.0");
    const cameras = document.paths["/api/cameras"]?.get?.responses["200"]?.content?.["application/json"]?.schema;
    expect(cameras?.properties?.cameras?.items?.properties?.id).toMatchObject({
      type: "string",
      pattern: expect.stringContaining("a-z0-9"),
    });
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(references).toEqual([]);
    for (const [path, methods] of Object.entries(document.paths)) {
      expect(path).toMatch(/^\/(api\/|healthz)/);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { responses, parameters = [] } of Object.values(methods)) {
        expect(Object.keys(responses).length).toBeGreaterThan(0);
        expect(parameters.filter((one) => one.in === "path").map(({ name }) => name)).toEqual(inPath);
      }
    }
  });

  test.each([
    ["of another site", "https://evil.example"],
    ["of another port of this machine (ops-08)", "https://localhost:1"],
    ["of the same host in plain HTTP", "http"],
    ["of none at all", undefined],
    ["that is null", "null"],
  ])("refuses an unsafe request with an Origin %s", async (_case, origin) => {
    const page = centre.client.fresh();
    page.cookie = centre.client.cookie;
    page.origin = origin === "http" ? centre.client.origin?.replace("https", "http") : origin;
    const answer = await page.send("PUT", "/api/layouts", { layouts: [] });
    expect([answer.status, answer.json().code]).toEqual([403, "ORIGIN_REFUSED"]);
    expect((await page.send("POST", "/api/login", OPERATOR)).status).toBe(403);
  });

  test("gives its session as a cookie that scripts and other sites cannot use", async () => {
    const answer = await centre.client.fresh().send("POST", "/api/login", OPERATOR);
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-overt=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    expect(answer.text).not.toContain("hash");
  });

  test("sends a policy under which only its own files run", async () => {
    const { headers } = await centre.client.send("GET", "/api/me");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' wss://${centre.client.url.host};`);
    expect(policy).toContain("worker-src 'self' blob:");
    expect(headers["cache-control"]).toBe("no-store");
  });

  test("keeps an account's walls, and refuses what is no wall", async () => {
    const layouts = [{ name: "Night", tiles: ["cam-1", null, "cam-2", null] }];
    expect((await centre.client.send("PUT", "/api/layouts", { layouts })).status).toBe(200);
    expect((await centre.client.send("GET", "/api/layouts")).json()).toEqual({ layouts });
    const wrong = await centre.client.send("PUT", "/api/layouts", { layouts: [{ name: "x", tiles: ["../etc"] }] });
    expect([wrong.status, wrong.json().code]).toEqual([400, "INPUT_INVALID"]);
    const empty = await centre.client.send("PUT", "/api/layouts", { layouts: [{ name: "x", tiles: [] }] });
    expect([empty.status, empty.json().code]).toEqual([400, "INPUT_INVALID"]);
  });

  test.each([
    ["a body that is too large", "x".repeat(70_000), 413, "BODY_TOO_LARGE"],
    ["a body that is not JSON", "{", 400, "JSON_INVALID"],
    ["no body", "", 400, "JSON_INVALID"],
  ])("refuses %s with a code", async (_case, body, status, code) => {
    const answer = await centre.client.send("PUT", "/api/layouts", body);
    expect([answer.status, answer.json().code]).toEqual([status, code]);
  });

  test("ends the session on log-out", async () => {
    const page = centre.client.fresh();
    await page.send("POST", "/api/login", OPERATOR);
    const { cookie } = page;
    expect((await page.send("POST", "/api/logout")).status).toBe(204);
    page.cookie = cookie;
    expect((await page.send("GET", "/api/me")).status).toBe(401);
  });

  test("does not offer set-up again", async () => {
    expect((await centre.client.send("GET", "/api/setup")).json()).toMatchObject({ needed: false });
  });

  test("lets no second centre onto its data directory", async () => {
    await expect(startTestCentre({ dataDir: centre.dataDir })).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  });

  test("refuses a timeline of a span that is none or too long", async () => {
    const code = async (query: string) =>
      (await centre.client.send("GET", `/api/cameras/cam-1/timeline?${query}`)).json().code;
    expect(await code("from=5&to=5")).toBe("SPAN_INVALID");
    expect(await code(`from=0&to=${9 * 86_400_000}`)).toBe("SPAN_TOO_LONG");
    expect(await code("from=0&to=x")).toBe("INPUT_INVALID");
    expect(await code("from=0&to=1")).toBe("CAMERA_UNKNOWN");
  });

  test("ends the session that a browser had when it logs in anew", async () => {
    const page = centre.client.fresh();
    await page.send("POST", "/api/login", OPERATOR);
    const before = page.cookie;
    await page.send("POST", "/api/login", OPERATOR);
    expect(page.cookie).not.toBe(before);
    page.cookie = before;
    expect((await page.send("GET", "/api/me")).status).toBe(401);
  });
});

test("the one-time link makes one account, whoever uses it first", async () => {
  const centre = await startTestCentre();
  const token = new URL(centre.control.setupLink ?? "").hash.slice(1);
  const wrong = await centre.client.send("POST", "/api/setup", { token: `${token}x`, ...OPERATOR });
  expect([wrong.status, wrong.json().code]).toEqual([403, "SETUP_LINK_INVALID"]);
  const both = await Promise.all(
    ["alice", "bob"].map((name) => centre.client.fresh().send("POST", "/api/setup", { token, ...OPERATOR, name })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
  await centre.close();
});

test("the one-time link expires, and a restart replaces it", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "overt-link-"));
  const first = await startTestCentre({ dataDir });
  await first.close();
  const second = await startTestCentre({ dataDir });
  const [old, current] = [first, second].map(({ control }) => new URL(control.setupLink ?? "").hash.slice(1));
  expect((await second.client.send("POST", "/api/setup", { token: old, ...OPERATOR })).status).toBe(403);
  second.pass(25 * 3_600_000);
  expect((await second.client.send("POST", "/api/setup", { token: current, ...OPERATOR })).status).toBe(403);
  await second.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("on loopback without TLS, a name that was pointed here is a stranger", async () => {
  const centre = await startLoggedIn({ tls: { mode: "off-loopback-only" } });
  const page = centre.client.fresh();
  const { port } = page.url;
  page.origin = `http://rebound.example:${port}`;
  const answer = await page.send("POST", "/api/login", OPERATOR, { host: `rebound.example:${port}` });
  expect([answer.status, answer.json().code]).toEqual([403, "ORIGIN_REFUSED"]);
  await centre.close();
});

test("closes at once although a connection says nothing", async () => {
  const centre = await startTestCentre();
  const silent = connect(Number(centre.client.url.port), "localhost");
  const closed = new Promise((resolve) => silent.on("close", resolve));
  await new Promise<void>((resolve) => silent.on("connect", resolve));
  await centre.client.send("GET", "/healthz");
  await centre.close();
  await closed;
});

test("a session ends when it is idle, and at its absolute limit however busy it is", async () => {
  const centre = await startLoggedIn({ sessions: { idleMs: 60_000, absoluteMs: 150_000 } });
  centre.stopClock();
  const { client } = centre;
  const after = async (ms: number) => {
    centre.pass(ms);
    return (await client.send("GET", "/api/me")).status;
  };
  expect([await after(50_000), await after(50_000), await after(45_000), await after(10_000)]).toEqual([
    200, 200, 200, 401,
  ]);
  await client.send("POST", "/api/login", OPERATOR);
  expect([await after(59_000), await after(61_000)]).toEqual([200, 401]);
  await centre.close();
});

test("wrong log-ins lock the guesser out, and not the owner elsewhere or later", async () => {
  const centre = await startLoggedIn();
  centre.stopClock();
  const page = centre.client.fresh();
  const guess = async (password: string) => {
    const answer = await page.send("POST", "/api/login", { name: OPERATOR.name, password });
    return answer.status === 200 ? "in" : answer.json().code;
  };
  for (let n = 0; n < 5; n++) expect(await guess("wrong")).toBe("LOGIN_WRONG");
  expect(await guess(OPERATOR.password)).toBe("LOGIN_LOCKED");
  centre.pass(1_000);
  expect(await guess("wrong again")).toBe("LOGIN_WRONG");
  const locked = await page.send("POST", "/api/login", OPERATOR);
  expect([locked.status, locked.headers["retry-after"]]).toEqual([429, "2"]);
  centre.pass(2_000);
  expect(await guess(OPERATOR.password)).toBe("in");
  await centre.close();
});

test("a hundred guesses at once are no more than the free ones", async () => {
  const centre = await startLoggedIn();
  centre.stopClock();
  const page = centre.client.fresh();
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => page.send("POST", "/api/login", { ...OPERATOR, password: "guess" })),
  );
  const codes = answers.map((answer) => answer.json().code);
  expect(codes.filter((code) => code === "LOGIN_WRONG")).toHaveLength(5);
  expect(codes.filter((code) => code === "LOGIN_LOCKED")).toHaveLength(20);
  await centre.close();
});

test("one address may not hammer the log-in, whatever it asks", async () => {
  const centre = await startTestCentre();
  const answers = [];
  for (let n = 0; n < 31; n++) answers.push(await centre.client.send("POST", "/api/passkeys/login/options", {}));
  const last = answers.pop();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect([last?.status, last?.json().code]).toEqual([429, "RATE_LIMITED"]);
  expect(Number(last?.headers["retry-after"])).toBeGreaterThan(0);
  await centre.close();
});

test("a port in use is said, with what to do, and nothing is left open", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await expect(startTestCentre({ port })).rejects.toMatchObject({
    code: "PORT_IN_USE",
    message: expect.stringContaining(String(port)),
    hint: expect.stringContaining("another port"),
  });
  other.close();
});

test.each([
  ["plain HTTP away from loopback", { host: "0.0.0.0", tls: { mode: "off-loopback-only" } }, "tls.mode"],
  ["a field that does not exist", { prot: 1 }, "prot"],
  ["a port that is none", { port: 70_000 }, "port"],
])("refuses %s by name", async (_case, options, field) => {
  const refused = startControl({ dataDir: "unused", ...options } as Parameters<typeof startControl>[0]);
  await expect(refused).rejects.toMatchObject({ code: "OPTIONS_INVALID", message: expect.stringContaining(field) });
});

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<
      string,
      {
        parameters?: { name: string; in: string }[];
        responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
      }
    >
  >;
}
