import type { PowerStatus } from "@overt/link";
import { UpsMonitor } from "@overt/recorder/power/ups-monitor";
import { isOnBattery, upsView } from "@overt/rules";
import { SimUpsd } from "@overt/sim/ups/sim-upsd";
import { afterEach, beforeEach, expect, test } from "vitest";

const LOGIN = { username: "overt", password: 'four "words"' };
let upsd: SimUpsd;
let monitor: UpsMonitor | undefined;
let look = (): void => {};

beforeEach(async () => {
  upsd = await SimUpsd.start({ upsName: "gate", login: LOGIN, lastsMs: 600_000 });
});
afterEach(async () => {
  await monitor?.close();
  await upsd.stop();
});

function watch(login: { username: string; password: string } = LOGIN): UpsMonitor {
  const options = { name: "Gate", feeds: "recorder", host: "127.0.0.1", port: upsd.port, upsName: "gate" } as const;
  monitor = new UpsMonitor({ ...options, ...login, pollMs: 50, onHeard: () => look() });
  return monitor;
}
const until = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    look = () => holds() && resolve();
    look();
  });
const supply = ({ reading, silentMs }: UpsMonitor): PowerStatus["supply"] => upsView(reading, silentMs).supply;

test("a recorder sees the mains go, the battery end, and the mains come back", async () => {
  const seen = watch();
  await until(() => supply(seen) === "on_line");
  expect(upsd.logins).toBe(1);
  upsd.battery.cut();
  await until(() => supply(seen) === "on_battery");
  upsd.battery.setCharge(15);
  await until(() => supply(seen) === "low");
  expect(seen.reading?.runtimeMs).toBeLessThanOrEqual(90_000);
  upsd.battery.restore();
  await until(() => supply(seen) === "on_line");
  upsd.battery.forceShutdown();
  await until(() => supply(seen) === "forced_shutdown");
  expect(isOnBattery(supply(seen))).toBe(true);
});

test("a recorder that leaves is not waited for", async () => {
  const seen = watch();
  await until(() => seen.reading !== null);
  await seen.close();
  const end = performance.now() + 5_000;
  while (upsd.logins > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(upsd.logins).toBe(0);
});

test("each fault on the way to a UPS has its own name", async () => {
  const seen = watch({ ...LOGIN, password: "wrong" });
  await until(() => seen.reading !== null);
  expect(seen.problem?.code).toBe("UPS_LOGIN_REFUSED");
  for (const [fault, code] of [
    ["stale", "UPS_DATA_STALE"],
    ["driver-away", "UPS_DRIVER_AWAY"],
    ["garbage", "UPS_ANSWER_INVALID"],
  ] as const) {
    upsd.fault = fault;
    await until(() => seen.problem?.code === code);
  }
  upsd.fault = "silent";
  await until(() => seen.problem?.code === "UPS_SERVER_UNREACHABLE");
  expect(seen.reading?.status).toBe("OL");
}, 60_000);
