import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { ControlRoom, eventually, inBrowser } from "./control-room.ts";

let room: ControlRoom;
let page: Page;
let faults: string[];
beforeAll(async () => {
  room = (await ControlRoom.open()) as ControlRoom;
  if (room) ({ page, faults } = await room.operator());
});
afterAll(() => room?.close());
beforeEach(async () => {
  if (!room) return;
  await room.centre.client.send("PUT", "/api/layouts", { layouts: [] });
  await page.goto(room.url);
  await page.waitForSelector("[data-tile='8']");
});

/** Numbers of the cameras on the wall, tile by tile. */
const wall = (): Promise<string[]> =>
  page
    .locator("[data-tile]")
    .evaluateAll((tiles) => tiles.map((tile) => parseInt(tile.textContent ?? "", 10) || 0).map(String));
const selected = (): Promise<string | null> => page.locator("[data-tile][aria-current]").getAttribute("data-tile");
const tile = (n: number) => page.locator(`[data-tile='${n}']`);
const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

inBrowser(
  "C1: a number and Enter call up a camera in the selected tile; it is shown large while it is typed",
  async () => {
    await press("ArrowRight", "ArrowDown", "2");
    expect(await selected()).toBe("4");
    const entry = page.locator("[data-shown]");
    expect(await entry.textContent()).toBe("2");
    await press("Enter");
    await eventually(wall).toEqual(["1", "0", "3", "4", "2", "6", "0", "0", "0"]);
  },
);

inBrowser(
  "C1: a wrong number says so and changes nothing; Esc takes a number back; text fields keep their digits",
  async () => {
    const before = await wall();
    await press("4", "2", "Enter");
    await page.getByText("There is no camera 42.").waitFor();
    await press("3", "Escape", "Enter");
    await page.getByRole("heading", { name: "1 Market Square north" }).waitFor();
    await press("Escape");
    await page.waitForSelector("[data-tile='8']");
    await eventually(wall).toEqual(before);
    await page.getByLabel("Search by name or number").fill("");
    await page.getByLabel("Search by name or number").press("2");
    expect(await page.locator("[data-shown]").count()).toBe(0);
  },
);

inBrowser("C5: the wall is worked without a mouse: layout, carry, empty, undo, enlarge, back, 30 s back", async () => {
  await press("g", "g");
  await eventually(() => page.locator("[data-tile]").count()).toBe(1);
  await press("g", "g");
  await eventually(async () => new Set(await wall())).toEqual(new Set(["1", "2", "3", "4", "5", "6", "0"]));
  await press("Shift+ArrowRight");
  expect((await wall()).slice(0, 2)).toEqual(["2", "1"]);
  await press("Delete");
  expect((await wall())[1]).toBe("0");
  await press("Control+z");
  expect((await wall())[1]).toBe("1");
  await press("Enter");
  await page.getByRole("heading", { name: "1 Market Square north" }).waitFor();
  await press("Escape");
  await page.waitForSelector("[data-tile='8']");
  expect((await wall()).slice(0, 2)).toEqual(["2", "1"]);
  await press("r");
  await page.locator("time[datetime]").waitFor();
  expect(page.url()).toContain("?at=");
});

inBrowser("C6: a camera is dragged from the list to a tile, and from tile to tile", async () => {
  await page.locator("aside li", { hasText: "Bridge" }).dragTo(tile(8));
  await eventually(wall).toEqual(["1", "2", "0", "4", "5", "6", "0", "0", "3"]);
  await tile(0).dragTo(tile(8));
  await eventually(wall).toEqual(["3", "2", "0", "4", "5", "6", "0", "0", "1"]);
});

inBrowser("a wall is kept on the server: as it was left, it opens in another browser", async () => {
  await press("Delete");
  await eventually(async () => (await room.centre.client.send("GET", "/api/layouts")).text).toContain("null");
  const other = await room.operator();
  await other.page.waitForSelector("[data-tile='8']");
  expect(await other.page.locator("[data-tile='0']").textContent()).toContain("Empty tile");
  await other.page.context().close();
});

inBrowser(
  "C12, C15: sixteen tiles open at once, moving pictures move, and each says its number, name, state and time",
  async () => {
    await page.locator("[data-state=live]").nth(2).waitFor();
    const canvas = tile(0).locator("canvas");
    const first = await pixels(canvas);
    await eventually(() => pixels(canvas)).not.toBe(first);
    expect(await tile(0).textContent()).toMatch(/^1Market Square northLive\d\d:\d\d:\d\d UTC/);
    expect(await tile(4).textContent()).toMatch(/No valid permit/);
    expect(faults).toEqual([]);
  },
);

inBrowser("C13, ops-05: a frozen camera is called old within 3 s, looks aged, and lives again by itself", async () => {
  const camera = room.recorder.cameras[1];
  if (!camera) throw new Error("The fake recorder has no second camera.");
  await tile(1).locator("[data-state=live]").waitFor();
  room.recorder.silence(camera);
  const since = performance.now();
  await tile(1).locator("[data-state=stale]").waitFor();
  expect(performance.now() - since).toBeLessThan(3_000);
  expect(await tile(1).locator("canvas").getAttribute("data-aged")).not.toBeNull();
  expect(await tile(1).textContent()).toMatch(/Old: \d+ s/);
  room.recorder.silence(camera, false);
  await tile(1).locator("[data-state=live]").waitFor();
});

inBrowser(
  "C29: a wall has a plain address without menus, with a clock, the connection's state, and no empty talk",
  async () => {
    const { page: display } = await room.operator("/wall/2,4,77");
    await display.locator("[data-state=live]").nth(1).waitFor();
    const text = await display.locator("main").textContent();
    expect(text).toMatch(/Market Square south[\s\S]*Station forecourt/);
    expect(text).toContain("There is no camera 77.");
    expect(text).toContain("Connected");
    expect(text).not.toContain("Empty tile");
    expect(await display.locator("nav, button").count()).toBe(0);
    await display.context().close();
  },
);

inBrowser("C16: a tile that is scrolled away asks for no pictures", async () => {
  const { page: phone } = await room.operator("/", { width: 390, height: 500, isPhone: true });
  await phone.locator("[data-state=live]").first().waitFor();
  await page.goto("about:blank");
  await eventually(() => room.recorder.watched.size).toBeLessThan(5);
  expect(room.recorder.watched.has(room.recorder.cameras[0] as never)).toBe(true);
  await phone.context().close();
});

const pixels = (canvas: ReturnType<Page["locator"]>): Promise<string> =>
  canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
