import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATOR, startLoggedIn, type TestCentre } from "../test-centre.ts";

const executablePath = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((directory) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(directory, name)))
  .find(existsSync);

describe.skipIf(!executablePath)(`a passkey${executablePath ? "" : " [skipped: no Chromium]"}`, () => {
  let webDir: string;
  let centre: TestCentre;
  let browser: Browser;
  let page: Page;
  let devtools: CDPSession;
  let authenticator: string;

  beforeAll(async () => {
    webDir = mkdtempSync(join(tmpdir(), "overt-web-"));
    writeFileSync(join(webDir, "index.html"), "<!doctype html><title>Overt</title>");
    // Chromium makes no passkey under a certificate that it does not trust; loopback needs none.
    centre = await startLoggedIn({ webDir, tls: { mode: "off-loopback-only" } });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    page = await browser.newPage();
    devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    authenticator = authenticatorId;
    await page.goto(centre.control.url);
  });
  afterAll(async () => {
    await browser?.close();
    await centre?.close();
    rmSync(webDir, { recursive: true, force: true });
  });

  /** What a page does, in the browser itself: its cookies, its Origin, its authenticator. */
  const post = (path: string, body: unknown = {}) =>
    page.evaluate(
      async ([to, json]) => {
        const headers = { "content-type": "application/json" };
        const answer = await fetch(to, { method: "POST", headers, body: json });
        const text = await answer.text();
        return { status: answer.status, body: text ? JSON.parse(text) : null };
      },
      [path, JSON.stringify(body)] as const,
    );
  const create = (options: unknown) =>
    page.evaluate(async (json) => {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(json));
      return ((await navigator.credentials.create({ publicKey })) as PublicKeyCredential).toJSON();
    }, JSON.stringify(options));
  const get = (options: unknown) =>
    page.evaluate(async (json) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(json));
      return ((await navigator.credentials.get({ publicKey })) as PublicKeyCredential).toJSON();
    }, JSON.stringify(options));
  const me = () => page.evaluate(async () => (await fetch("/api/me")).status);

  test("is added by who is logged in, and logs in without a name or password from then on", async () => {
    expect((await post("/api/login", OPERATOR)).status).toBe(200);
    const response = await create((await post("/api/passkeys/options")).body);
    const added = await post("/api/passkeys", { label: "Desk", response });
    expect(added).toMatchObject({ status: 200, body: { passkeys: [{ label: "Desk", usedAt: null }] } });
    expect((await post("/api/logout")).status).toBe(204);
    expect(await me()).toBe(401);

    const assertion = await get((await post("/api/passkeys/login/options")).body);
    expect(await post("/api/passkeys/login", { response: assertion })).toMatchObject({
      status: 200,
      body: { account: { name: OPERATOR.name } },
    });
    expect(await me()).toBe(200);
    expect(await post("/api/passkeys/login", { response: assertion })).toMatchObject({
      status: 401,
      body: { code: "PASSKEY_REFUSED" },
    });
  });

  test("is refused with a challenge that was not handed out for a log-in", async () => {
    const foreign = await get({ ...(await post("/api/passkeys/login/options")).body, challenge: "AAAA" });
    expect(await post("/api/passkeys/login", { response: foreign })).toMatchObject({
      status: 401,
      body: { code: "PASSKEY_REFUSED" },
    });
  });

  test("is refused when the authenticator did not verify who touched it", async () => {
    const options = (await post("/api/passkeys/login/options")).body;
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId: authenticator, isUserVerified: false });
    const unverified = await get({ ...options, userVerification: "discouraged" });
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId: authenticator, isUserVerified: true });
    expect(await post("/api/passkeys/login", { response: unverified })).toMatchObject({ status: 401 });
  });

  test("logs nobody in after it was removed", async () => {
    const { passkeys } = await page.evaluate(async () => (await fetch("/api/passkeys")).json());
    expect(passkeys).toHaveLength(1);
    const assertion = await get((await post("/api/passkeys/login/options")).body);
    const removed = await page.evaluate(
      async (id) => (await fetch(`/api/passkeys/${id}`, { method: "DELETE" })).status,
      String(passkeys[0].id),
    );
    expect(removed).toBe(200);
    expect(await post("/api/passkeys/login", { response: assertion })).toMatchObject({
      status: 401,
      body: { code: "PASSKEY_REFUSED" },
    });
  });

  test("needs a name, which an address is not", async () => {
    const stranger = centre.client.fresh();
    const { port } = stranger.url;
    stranger.origin = `http://127.0.0.1:${port}`;
    const host = { host: `127.0.0.1:${port}` };
    const answer = await stranger.send("POST", "/api/passkeys/login/options", {}, host);
    expect([answer.status, answer.json().code]).toEqual([400, "PASSKEY_NEEDS_NAME"]);
  });
});
