import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { ControlRoom, eventually, inBrowser } from "./control-room.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let room: ControlRoom;
beforeAll(async () => {
  room = (await ControlRoom.open()) as ControlRoom;
});
afterAll(() => room?.close());

const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  "/": (page) => page.locator("[data-state=live]").first().waitFor(),
  "/camera/cam-1": (page) => page.getByText("Gaps shown here").waitFor(),
  "/camera/cam-5": (page) => page.getByText("No valid permit").first().waitFor(),
  "/camera/none": (page) => page.getByText("There is no camera").waitFor(),
  "/health": (page) => page.getByRole("heading", { name: "Health" }).waitFor(),
  "/account": (page) => page.getByText("There is none yet.").waitFor(),
  "/wall/all": (page) => page.locator("[data-state=live]").first().waitFor(),
};

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ["dark", "light"];

inBrowser(
  "C94, C97: every page is accessible and fits, dark and light, at 1440 and 390 px, without an error",
  async () => {
    const { page, faults } = await room.operator("/health");
    const found: string[] = [];
    for (const [path, ready] of Object.entries(PAGES)) {
      await page.goto(`${room.url}${path}`);
      await ready(page);
      found.push(...(await everyScreen(page, path)));
    }
    await page.goto(`${room.url}/`);
    await page.locator("[data-tile]").first().waitFor();
    for (const [key, name] of [
      ["Shift+?", "Keys on this page"],
      ["Control+k", "Find"],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole("dialog", { name }).waitFor();
      found.push(...(await everyScreen(page, name)));
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.context().clearCookies();
    for (const path of ["/", "/setup", "/setup#token"]) {
      await page.goto("about:blank");
      await page.goto(`${room.url}${path}`);
      await page.getByRole("heading").first().waitFor();
      found.push(...(await everyScreen(page, path)));
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);

inBrowser("C94: a warning can be read, dark and light", async () => {
  const { page } = await room.operator("/health");
  await page.context().clearCookies();
  await page.goto(`${room.url}/`);
  await page.locator("input").first().fill("nobody");
  await page.locator("input[type=password]").fill("not the passphrase");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  expect(await everyScreen(page, "a refused log-in")).toEqual([]);
  await page.context().close();
});

inBrowser(
  "C96: from right to left the pages mirror, and time on the timeline still runs from left to right",
  async () => {
    const { page } = await room.operator("/camera/cam-1", { direction: "rtl" });
    await page.getByText("Gaps shown here").waitFor();
    expect(await overflow(page)).toEqual([]);
    const rows = await page.locator("[data-kind=anonymised]").boundingBox();
    if (!rows) throw new Error("The timeline has no rows.");
    for (const share of [0.3, 0.6]) {
      const before = Date.now();
      await page.mouse.click(rows.x + rows.width * share, rows.y + 5);
      // Live, the view ends a minute after now.
      if (share === 0.3)
        await eventually(async () => {
          const at = Date.parse((await page.locator("time[datetime]").getAttribute("datetime")) ?? "");
          return Math.abs(at - (before - 540_000 + 0.3 * 600_000));
        }).toBeLessThan(3_000);
    }
    const [brand, account] = await Promise.all([
      page.getByText("Overt", { exact: true }).boundingBox(),
      page.getByRole("link", { name: /Account of/ }).boundingBox(),
    ]);
    expect(brand?.x ?? 0).toBeGreaterThan(account?.x ?? 0);
    await page.context().close();
  },
);

inBrowser("health says of each camera what is wrong and what to do, not only whether it answers", async () => {
  const { page } = await room.operator("/health");
  const row = page.getByRole("row", { name: /Town Hall/ });
  await row.waitFor();
  expect(await row.textContent()).toMatch(/has no permit[\s\S]*Ask the overseer to sign one/);
  expect(await page.getByRole("row", { name: /River Walk/ }).textContent()).toContain("stills instead of full");
  expect(await page.locator("main").getByRole("status").first().textContent()).toContain(
    "Not recording as asked: 2 of 6 cameras.",
  );
  expect(await page.locator("tbody tr").first().textContent()).toContain("Town Hall");
  await page.getByLabel("Search by name or number").fill("bridge");
  expect(await page.locator("tbody tr").count()).toBe(1);
  await page.context().close();
});

inBrowser("mse-10: a browser that cannot decode is told so, and what would", async () => {
  const { page } = await room.operator("/health");
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "VideoDecoder"));
  await page.goto(`${room.url}/`);
  await page.getByText(/this browser has no WebCodecs/).waitFor();
  await eventually(() => page.locator("[data-tile]").count()).toBe(9);
  await page.context().close();
});

inBrowser("C3: the palette finds a camera by name or number and a page, and Enter opens it", async () => {
  const { page } = await room.operator("/");
  await page.locator("[data-tile]").first().waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("river");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "6 River Walk" }).waitFor();
  await page.getByRole("button", { name: /Find a camera/ }).click();
  await page.keyboard.type("health");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Health" }).waitFor();
  await page.context().close();
});

async function everyScreen(page: Page, what: string): Promise<string[]> {
  const found: string[] = [];
  // A colour on its way from one scheme to the other is neither's.
  await page.addStyleTag({ content: "* { transition: none !important; }" });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const scheme of SCHEMES) {
      await page.evaluate((to) => document.documentElement.setAttribute("data-mantine-color-scheme", to), scheme);
      const where = `${what}, ${scheme}, ${size.width} px`;
      const wrong = [...(await violations(page)), ...(await overflow(page))];
      found.push(...wrong.map((each) => `${where}: ${each}`));
    }
  }
  return found;
}

async function violations(page: Page): Promise<string[]> {
  // As a script of the page's own world it would break the content policy; the devtools evaluate it beside.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations: found } = await run.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
      );
  });
}

/** What is wider than the screen. */
const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const over = document.documentElement.scrollWidth - innerWidth;
    return over > 0 ? [`${over} px wider than the screen`] : [];
  });
