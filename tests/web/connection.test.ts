import { afterAll, beforeAll, expect } from "vitest";
import { ControlRoom, eventually, inBrowser } from "./control-room.ts";

let room: ControlRoom;
beforeAll(async () => {
  room = (await ControlRoom.open()) as ControlRoom;
});
afterAll(() => room?.close());

inBrowser("C29, ops-08: a lost centre is said at once, tiles go old, and all comes back by itself", async () => {
  const [{ page: console }, { page: display }, { page: replay }] = await Promise.all([
    room.operator("/"),
    room.operator("/wall/all"),
    room.operator(`/camera/cam-1?at=${new Date(Date.now() - 60_000).toISOString()}`),
  ]);
  await console.locator("[data-state=live]").first().waitFor();
  await display.locator("[data-state=live]").first().waitFor();
  await replay.locator("time[datetime]").waitFor();
  const before = await replay.locator("time[datetime]").getAttribute("datetime");

  const start = await room.stopCentre();
  await console.getByText(/connection to the centre is lost since/).waitFor();
  await display.getByText("Connection lost").waitFor();
  await console.locator("[data-state=stale]").first().waitFor();
  // Asked for while the line is down: it is refused in words, and asked again when the line is back.
  await replay.keyboard.press("PageUp");
  await replay.getByText("The connection to the centre is down.").waitFor();
  expect(await replay.locator("time[datetime]").getAttribute("datetime")).toBe(before);
  // A display that is switched on while the centre is away waits for it.
  await start();
  await console.locator("[data-state=live]").first().waitFor();
  await display.getByText("Connected").waitFor();
  await display.locator("[data-state=live]").first().waitFor();
  await eventually(() => replay.locator("time[datetime]").getAttribute("datetime")).not.toBe(before);
  await console.getByText(/connection to the centre is lost/).waitFor({ state: "hidden" });
});
