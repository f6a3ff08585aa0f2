import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant } from "@overt/core";
import { CameraIdText } from "@overt/link";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { SESSION_RULES, Sessions } from "../accounts/sessions.ts";
import { type Database, openDatabase } from "../database/open.ts";
import { type App, makeApp } from "./app.ts";

const now = (): Instant => instant(Date.now());
let dataDir: string;
let database: Database;
let app: App;
let cookie: string;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "overt-app-"));
  database = await openDatabase(dataDir);
  const sessions = new Sessions(database, now, SESSION_RULES);
  await database.insertInto("account").values({ id: "a", name: "alice", password_hash: null, created_at: 0 }).execute();
  cookie = `__Host-overt=${await sessions.begin("a")}`;
  app = await makeApp({
    makeServer: (answer) => createServer(answer),
    origin: { scheme: "http", publicOrigin: undefined },
    sessions,
    logger: pino({ level: "silent" }),
    hsts: true,
  });
});
afterEach(async () => {
  await app.close();
  await database.destroy();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a route of a later feature is closed until it says otherwise, whatever its method or address", async () => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const)
    app.route({ method, url: "/api/later", handler: async () => "in" });
  app.get("/later", { schema: { hide: true } }, async () => "in");
  const own = { host: "localhost", origin: "http://localhost" };
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const) {
    const refused = await app.inject({ method, url: "/api/later", headers: own });
    const answered = await app.inject({ method, url: "/api/later", headers: { ...own, cookie } });
    expect([method, refused.statusCode, answered.statusCode]).toEqual([method, 401, 200]);
  }
  expect((await app.inject({ url: "/later", headers: own })).statusCode).toBe(401);
  expect((await app.inject({ url: "/later", headers: { ...own, cookie: `${cookie}x` } })).statusCode).toBe(401);
});

test("a field that is not in a reply's schema never leaves", async () => {
  const reply = z.object({ camera: CameraIdText, notes: z.array(z.object({ text: z.string() })) });
  app.get("/open", { config: { public: true }, schema: { response: { 200: reply } } }, async () => {
    const secret = { camera: "bridge", notes: [{ text: "a", password: "b" }], passwordHash: "c" };
    return secret as unknown as z.infer<typeof reply>;
  });
  const answer = await app.inject({ url: "/open" });
  expect(answer.json()).toEqual({ camera: "bridge", notes: [{ text: "a" }] });
});

test("a fault of our own tells an asker nothing about it", async () => {
  app.get("/fault", { config: { public: true } }, async () => {
    throw new Error("the database password is hunter2");
  });
  const answer = await app.inject({ url: "/fault" });
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toMatchObject({ code: "UNEXPECTED", hint: expect.any(String) });
  expect(answer.body).not.toContain("hunter2");
});

test("only names of our own are told to come by HTTPS for ever", async () => {
  app.get("/open", { config: { public: true } }, async () => "in");
  const { headers } = await app.inject({ url: "/open" });
  expect(headers["strict-transport-security"]).toBe("max-age=31536000");
});
