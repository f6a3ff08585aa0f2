import { afterAll, beforeAll, expect } from "vitest";
import { ControlRoom, inBrowser, OPERATOR } from "./control-room.ts";

let room: ControlRoom;
beforeAll(async () => {
  room = (await ControlRoom.open()) as ControlRoom;
});
afterAll(() => room?.close());

inBrowser("an operator logs in by password, sees pictures, and logs out", async () => {
  const { page, faults } = await room.stranger();
  await page.goto(room.url);
  await page.getByLabel("Name").fill(OPERATOR.name);
  await page.locator("input[type=password]").fill(OPERATOR.password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-state=live]");
  await page.getByRole("link", { name: /Account of operator/ }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  expect(faults).toEqual([]);
});

inBrowser("a wrong password is refused in words, and shows nothing of the control room", async () => {
  const { page } = await room.stranger();
  await page.goto(room.url);
  await page.getByLabel("Name").fill(OPERATOR.name);
  await page.locator("input[type=password]").fill("not the password");
  await page.keyboard.press("Enter");
  expect(await page.getByRole("alert").textContent()).toContain("The name or the password is wrong.");
  expect(await page.locator("canvas, nav").count()).toBe(0);
});

inBrowser("a passkey is added on the account page, logs in by itself, and is removed", async () => {
  const { page, faults } = await room.operator("/account");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  await page.getByLabel("Name of the new passkey").fill("Console 2");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("Console 2").waitFor();
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await page.getByText("last used").waitFor();
  await page.getByRole("button", { name: "Remove: Console 2" }).click();
  await page.getByText("There is none yet.").waitFor();
  expect(faults).toEqual([]);
});

inBrowser("the set-up page says what it needs, and what is wrong with a used link", async () => {
  const { page } = await room.stranger();
  await page.goto(`${room.url}/setup`);
  await page.getByText("This page needs the one-time link").waitFor();
  await page.goto(`${room.url}/setup#used`);
  await page.reload();
  await page.getByLabel("Name").fill("second");
  await page.locator("input[type=password]").fill("a long enough password");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
});

inBrowser("ops-08: a session that ended shows the log-in form, not a line that never comes back", async () => {
  const { page } = await room.stranger();
  const visitor = room.centre.client.fresh();
  await visitor.send("POST", "/api/login", OPERATOR);
  const [name = "", value = ""] = (visitor.cookie ?? "").split("=");
  await page.context().addCookies([{ name, value, url: room.url, secure: true, httpOnly: true, sameSite: "Strict" }]);
  await page.goto(room.url);
  await page.waitForSelector("[data-state=live]");
  await visitor.send("POST", "/api/logout");
  await page.getByRole("heading", { name: "Log in" }).waitFor();
});
