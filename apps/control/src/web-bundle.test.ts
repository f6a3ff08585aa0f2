import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCentre, type TestCentre } from "./test-centre.ts";

let root: string;
let centre: TestCentre;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "overt-bundle-"));
  const webDir = join(root, "web");
  mkdirSync(join(webDir, "assets"), { recursive: true });
  writeFileSync(join(webDir, "index.html"), "<!doctype html><title>Overt</title>");
  writeFileSync(join(webDir, "assets/page-4f2a.js"), "export {};");
  writeFileSync(join(root, "secret.txt"), "secret");
  centre = await startTestCentre({ webDir });
});
afterAll(async () => {
  await centre.close();
  rmSync(root, { recursive: true, force: true });
});

test.each(["/", "/login", "/cameras/cam-1", "/setup"])(
  "%s is the page, which nobody's cache keeps old",
  async (path) => {
    const answer = await centre.client.send("GET", path);
    expect(answer.text).toContain("<title>Overt</title>");
    expect(answer.headers["cache-control"] ?? "").not.toMatch(/immutable|max-age=[1-9]/);
  },
);

test("a file with its hash in its name may be kept for ever", async () => {
  const answer = await centre.client.send("GET", "/assets/page-4f2a.js");
  expect(answer.headers["content-type"]).toMatch(/javascript/);
  expect(answer.headers["cache-control"]).toContain("immutable");
});

test.each(["/assets/none.js", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/%00.txt"])(
  "%s is nothing",
  async (path) => {
    const answer = await centre.client.send("GET", path);
    expect(answer.text).not.toContain("secret");
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.json()).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  },
);

test("an address of the API is never the page", async () => {
  const answer = await centre.client.send("GET", "/api/nothing");
  expect([answer.status, answer.json().code]).toEqual([404, "NOT_FOUND"]);
});

test("a directory without the page is said", async () => {
  await expect(startTestCentre({ webDir: root })).rejects.toMatchObject({ code: "WEB_BUNDLE_MISSING" });
});
