import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { ControlRoom, eventually, inBrowser } from "./control-room.ts";

let room: ControlRoom;
let page: Page;
let faults: string[];
/** The fake camera's first gap before its start: 7 min before, for 20 s. */
let gap: { from: number; to: number };

beforeAll(async () => {
  room = (await ControlRoom.open()) as ControlRoom;
  if (!room) return;
  ({ page, faults } = await room.operator());
  await page.waitForSelector("[data-state=live]");
  const now = Date.now();
  const path = `/api/cameras/cam-1/timeline?from=${now - 600_000}&to=${now}`;
  const { anonymised } = (await room.centre.client.send("GET", path)).json<{
    anonymised: { gaps: { from: number; to: number }[] };
  }>();
  gap = anonymised.gaps[0] as typeof gap;
});
afterAll(() => room?.close());
beforeEach(async () => {
  if (room) await page.goto("about:blank");
});

const frame = () => page.locator("canvas").first();
const press = (key: string): Promise<void> => page.keyboard.press(key);

/** Opens the camera at a moment and waits for its picture. */
async function openAt(ms: number): Promise<void> {
  await page.goto(`${room.url}/camera/cam-1?at=${new Date(ms).toISOString()}`);
  await page.locator("time[datetime]").waitFor();
}

/** Time of the picture that stands on the screen. */
const shownAt = async (): Promise<number> =>
  Date.parse((await page.locator("time[datetime]").getAttribute("datetime")) ?? "");

/** What the picture looks like: a fake camera's pictures repeat after ten seconds, and are all different in between. */
async function look(): Promise<string> {
  const data = await frame().evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  return createHash("sha256").update(data).digest("hex").slice(0, 16);
}

/** A moment well inside what is recorded, on a picture's own time. */
const inside = (): number => Math.floor((gap.from - 60_000) / 10_000) * 10_000 + 5_000;

inBrowser("C35: the timeline draws what is recorded and each gap, whose cause stands in the list too", async () => {
  await page.goto(`${room.url}/camera/cam-1`);
  const timeline = page.getByRole("region", { name: "Timeline of Market Square north" });
  await timeline.getByText("Gaps shown here: 1").click();
  const entry = timeline.locator("li button");
  expect(await entry.textContent()).toMatch(/\(20 s\): \S+/);
  const cause = (await entry.textContent())?.split("): ")[1] ?? "";
  expect(await timeline.locator(`[title^="${cause}"]`).count()).toBe(2);
  await entry.click();
  await page.getByText(/Nothing is recorded for 20 s here/).waitFor();
  await eventually(shownAt).toBeGreaterThanOrEqual(gap.to);
});

inBrowser("the timeline says in words when a camera's own clock was wrong, and by how much", async () => {
  await page.goto(`${room.url}/camera/cam-3`);
  await page.getByText(/: the camera's own clock was 60 min behind/).waitFor();
  await page.goto(`${room.url}/camera/cam-1`);
  await page.getByText("Gaps shown here").waitFor();
  expect(await page.getByText(/own clock/).count()).toBe(0);
});

inBrowser("a click on the timeline seeks to that moment, and dragging the rows moves the view alone", async () => {
  await openAt(inside());
  const rows = await page.locator("[data-kind=anonymised]").boundingBox();
  if (!rows) throw new Error("The timeline has no rows.");
  const y = rows.y + rows.height / 2;
  const before = await shownAt();
  await page.mouse.move(rows.x + rows.width * 0.5, y);
  await page.mouse.down();
  await page.mouse.move(rows.x + rows.width * 0.45, y, { steps: 5 });
  await page.mouse.up();
  expect(await shownAt()).toBe(before);
  // The view is ten minutes long, and was moved on by a twentieth of it.
  const expected = before + (0.25 - 0.5 + 0.05) * 600_000;
  await page.mouse.click(rows.x + rows.width * 0.25, y);
  await eventually(async () => Math.abs((await shownAt()) - expected)).toBeLessThan(2_000);
});

inBrowser("C41: stepping on and back shows each picture at its own time, over the border of a group", async () => {
  const start = Math.floor(inside() / 2_000) * 2_000 - 100;
  await openAt(start);
  expect(await shownAt()).toBe(start);
  const looks = [await look()];
  for (const n of [1, 2, 3]) {
    await press(".");
    await eventually(shownAt).toBe(start + n * 100);
    looks.push(await look());
  }
  expect(new Set(looks).size).toBe(4);
  for (const n of [2, 1, 0]) {
    await press(",");
    await eventually(shownAt).toBe(start + n * 100);
    expect(await look()).toBe(looks[n]);
  }
});

inBrowser(
  "playback never shows a picture of another moment: what stands under a time is that time's picture",
  async () => {
    const start = inside();
    await openAt(start);
    const first = await look();
    await press("l");
    await eventually(shownAt).toBe(start + 10_000);
    expect(await look()).toBe(first);
    for (const key of ["j", "ArrowRight", "ArrowRight", "ArrowLeft", "PageUp", "PageDown", "ArrowLeft"])
      await press(key);
    await eventually(shownAt).toBe(start);
    await eventually(look).toBe(first);
  },
);

inBrowser("C39: stepping and playing cross a gap, and say for how long nothing is recorded", async () => {
  await openAt(gap.from - 700);
  await press("k");
  await page.getByText(/Nothing is recorded for 20 s here/).waitFor();
  await eventually(shownAt).toBeGreaterThan(gap.to);
  await press("k");
  await openAt(gap.from - 1);
  const last = await shownAt();
  await press(".");
  await eventually(shownAt).toBeGreaterThanOrEqual(gap.to);
  await press(",");
  await eventually(shownAt).toBe(last);
});

inBrowser("C40: playing moves at the speed that is set, and a seek while playing plays on from there", async () => {
  await openAt(inside());
  await page.getByLabel("Speed").selectOption("4");
  await press("Space");
  const [from, wall] = [await shownAt(), performance.now()];
  await eventually(shownAt).toBeGreaterThan(from + 8_000);
  const factor = ((await shownAt()) - from) / (performance.now() - wall);
  expect(factor).toBeGreaterThan(2);
  expect(factor).toBeLessThan(5);
  await press("PageUp");
  const back = inside() - 60_000;
  await eventually(async () => (await shownAt()) - back).toBeLessThan(30_000);
  const after = await shownAt();
  await eventually(shownAt).toBeGreaterThan(after + 1_000);
  await page.getByLabel("Speed").selectOption("16");
  await eventually(shownAt).toBeGreaterThan(after + 20_000);
});

inBrowser(
  "C39: faster than life, playing meets the present and goes on there at 1×, without jumping to live",
  async () => {
    await openAt(Date.now() - 9_000);
    await page.getByLabel("Speed").selectOption("8");
    await press("Space");
    await eventually(() => page.getByLabel("Speed").inputValue()).toBe("1");
    const at = await shownAt();
    await eventually(shownAt).toBeGreaterThan(at + 500);
    expect(page.url()).toContain("?at=");
    await press("End");
    await page.getByRole("button", { name: "Live", pressed: true }).waitFor();
    expect(page.url()).not.toContain("?at=");
  },
);

inBrowser("C38: dragging the ruler shows stills under their own time, and letting go stays there", async () => {
  await openAt(inside());
  const before = await shownAt();
  const rows = await page.locator("[data-kind=anonymised]").boundingBox();
  if (!rows) throw new Error("The timeline has no rows.");
  const y = rows.y + 2 * rows.height + 20;
  await page.mouse.move(rows.x + rows.width * 0.5, y);
  await page.mouse.down();
  await page.mouse.move(rows.x + rows.width * 0.4, y, { steps: 4 });
  await page.getByText("Preview", { exact: true }).waitFor();
  const still = page.locator("time[datetime]").last();
  await eventually(async () => Date.parse((await still.getAttribute("datetime")) ?? "")).toBeLessThan(before - 50_000);
  expect(Date.parse((await page.locator("time[datetime]").first().getAttribute("datetime")) ?? "")).toBe(before);
  await page.mouse.up();
  await eventually(async () => Math.abs((await shownAt()) - (before - 60_000))).toBeLessThan(2_000);
});

inBrowser("C44: calling up another camera keeps the time that is looked at", async () => {
  const at = inside();
  await openAt(at);
  await press("3");
  await press("Enter");
  await page.getByRole("heading", { name: "3 Bridge" }).waitFor();
  await page.locator("time[datetime]").waitFor();
  expect(await shownAt()).toBe(at);
});

inBrowser("C4: ? lists the keys of this page, and Esc closes the list, not the page", async () => {
  await openAt(inside());
  await press("Shift+?");
  await page.getByRole("dialog").getByText("One picture back, forward").waitFor();
  const before = await shownAt();
  await press("j");
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(page.url()).toContain("/camera/cam-1");
  expect(await shownAt()).toBe(before);
});

inBrowser("C20: wheel and keys zoom the picture, and a small frame shows where one is", async () => {
  await openAt(inside());
  await frame().hover();
  await page.mouse.wheel(0, -300);
  await press("z");
  await page.getByRole("img", { name: /Zoomed 1\.6 times/ }).waitFor();
  await press("x");
  await page.getByRole("img", { name: /Zoomed/ }).waitFor({ state: "detached" });
});

inBrowser("C91, ops-10: every time on a page is in one zone, which is written; one switch shows UTC", async () => {
  const other = await room.operator(`/camera/cam-1?at=${new Date(inside()).toISOString()}`, { zone: "Asia/Kolkata" });
  const time = other.page.locator("time[datetime]");
  await time.waitFor();
  expect(await time.textContent()).toMatch(/\d\d:\d\d:\d\d GMT\+5:30/);
  await other.page.getByRole("button", { name: /Show UTC/ }).click();
  expect(await time.textContent()).toContain(new Date(inside()).toISOString().slice(11, 19));
  expect(await other.page.locator("header time").textContent()).toContain("UTC");
  await other.page.context().close();
});

inBrowser("nothing of all this left an error in the console", async () => {
  expect(faults).toEqual([]);
});
