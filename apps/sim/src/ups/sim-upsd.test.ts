import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { SimBattery } from "./battery.ts";
import { SimUpsd } from "./sim-upsd.ts";

const MINUTE = 60_000;

describe("a simulated battery", () => {
  test("empties without mains, says that it is low, and fills again", () => {
    let nowMs = 0;
    const battery = new SimBattery({ lastsMs: 60 * MINUTE, chargesMs: 600 * MINUTE, nowMs: () => nowMs });
    const status = () => battery.variables()["ups.status"];
    expect(status()).toBe("OL");
    battery.cut();
    nowMs += 30 * MINUTE;
    expect(battery.variables()).toMatchObject({
      "ups.status": "OB DISCHRG",
      "battery.charge": "50.0",
      "battery.runtime": "1800",
      "input.voltage": "0.0",
    });
    nowMs += 18 * MINUTE;
    expect(status()).toBe("OB DISCHRG LB");
    battery.restore();
    expect(status()).toBe("OL CHRG LB");
    nowMs += 300 * MINUTE;
    expect(battery.chargePercent).toBeCloseTo(70);
    battery.forceShutdown();
    expect(status()).toBe("FSD OL CHRG");
  });
});

const missing = spawnSync("sh", ["-c", "command -v upsc"]).status === 0 ? "" : " [skipped: no upsc]";

describe.skipIf(missing)(`asked by NUT's own upsc${missing}`, () => {
  let upsd: SimUpsd | undefined;
  afterEach(() => upsd?.stop());
  const upsc = async (...args: string[]) => (await promisify(execFile)("upsc", args)).stdout;

  test("it lists its UPS and what that says", async () => {
    upsd = await SimUpsd.start({ upsName: "gate" });
    const server = `127.0.0.1:${upsd.port}`;
    expect(await upsc("-l", server)).toBe("gate\n");
    upsd.battery.cut();
    expect(await upsc(`gate@${server}`)).toContain("ups.status: OB DISCHRG");
    expect(await upsc(`gate@${server}`, "battery.charge.low")).toBe("20\n");
  });

  test("its faults are those of a real one", async () => {
    upsd = await SimUpsd.start({ upsName: "gate" });
    const server = `127.0.0.1:${upsd.port}`;
    await expect(upsc(`gaet@${server}`)).rejects.toThrow(/Unknown UPS/);
    upsd.fault = "stale";
    await expect(upsc(`gate@${server}`)).rejects.toThrow(/Data stale/);
    upsd.fault = "driver-away";
    await expect(upsc(`gate@${server}`)).rejects.toThrow(/Driver not connected/);
  });
});

test("a port that is taken is said", async () => {
  const first = await SimUpsd.start();
  try {
    await expect(SimUpsd.start({ port: first.port })).rejects.toMatchObject({ code: "SIM_PORT_IN_USE" });
  } finally {
    await first.stop();
  }
});
