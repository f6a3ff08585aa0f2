import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DUMMY_UPS, DummyNut, NUT_LOGIN } from "./dummy-nut.ts";
import { UpsMonitor, type UpsMonitorOptions } from "./ups-monitor.ts";

const LINE = {
  "ups.status": "OL",
  "battery.charge": "97",
  "battery.charge.low": "20",
  "battery.runtime": "1830",
  "ups.load": "31.5",
  "input.voltage": "229.8",
};

const open: UpsMonitor[] = [];
afterEach(async () => {
  for (const monitor of open.splice(0)) await monitor.close();
});

/** A monitor, and a way to wait for it to hear something. */
function watch(options: Partial<UpsMonitorOptions> & { port: number }) {
  let look = (): void => {};
  const monitor = new UpsMonitor({
    name: "Gate UPS",
    feeds: "recorder",
    host: "127.0.0.1",
    upsName: DUMMY_UPS,
    pollMs: 100,
    onHeard: () => look(),
    ...options,
  });
  open.push(monitor);
  const until = (holds: (monitor: UpsMonitor) => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => holds(monitor) && resolve();
      look();
    });
  return { monitor, until };
}

const missing = DummyNut.installed ? "" : " [skipped: no NUT]";

describe.skipIf(missing)(`with the real upsd${missing}`, () => {
  let nut: DummyNut;
  beforeAll(async () => {
    nut = await DummyNut.start(LINE);
  });
  afterAll(() => nut?.stop());

  test("a UPS is read, and what changes is heard", async () => {
    const { monitor, until } = watch({ port: nut.port, ...NUT_LOGIN });
    await until(({ reading }) => reading?.status === "OL");
    expect(monitor.reading).toEqual({
      status: "OL",
      chargePercent: 97,
      runtimeMs: 1_830_000,
      loadPercent: 31.5,
      inputVolts: 229.8,
    });
    expect(monitor.lowPercent).toBe(20);
    expect(monitor.problem).toBeNull();
    nut.set({ ...LINE, "ups.status": "OB DISCHRG", "battery.charge": "90", "input.voltage": "0" });
    await until(({ reading }) => reading?.status === "OB DISCHRG");
    expect(monitor.reading).toMatchObject({ chargePercent: 90, inputVolts: 0 });
    nut.set(LINE);
    await until(({ reading }) => reading?.status === "OL");
  });

  test("a wrong UPS name says how to find the right one", async () => {
    const { monitor, until } = watch({ port: nut.port, upsName: "gaet" });
    await until(({ problem }) => problem !== null);
    expect(monitor.problem).toMatchObject({ code: "UPS_UNKNOWN", hint: expect.stringContaining("upsc -l") });
    expect(monitor.reading).toBeNull();
  });

  test.each([
    { username: NUT_LOGIN.username, password: "wrong" },
    { username: "nobody", password: NUT_LOGIN.password },
  ])("with the login $username / $password it is read all the same, and the refusal is said", async (login) => {
    const { monitor, until } = watch({ port: nut.port, ...login });
    await until(({ reading }) => reading !== null);
    expect(monitor.problem).toMatchObject({ code: "UPS_LOGIN_REFUSED", hint: expect.stringContaining("upsd.users") });
  });

  test("encryption that is asked for and not offered: nothing is said on that link", async () => {
    const { monitor, until } = watch({ port: nut.port, ...NUT_LOGIN, tls: { acceptAny: true } });
    await until(({ problem }) => problem !== null);
    expect(monitor.problem?.code).toBe("UPS_TLS_NOT_OFFERED");
    expect(monitor.reading).toBeNull();
  });

  test("when its driver dies what it last said stays, with the time since; when the server dies too", async () => {
    const { monitor, until } = watch({ port: nut.port });
    await until(({ reading }) => reading !== null);
    await nut.stopDriver();
    await until(({ problem }) => problem !== null);
    expect(["UPS_DATA_STALE", "UPS_DRIVER_AWAY"]).toContain(monitor.problem?.code);
    expect(monitor.reading?.status).toBe("OL");
    const before = monitor.silentMs;
    await nut.stopServer();
    await until(({ problem }) => problem?.code === "UPS_SERVER_UNREACHABLE");
    expect(monitor.silentMs).toBeGreaterThan(before);
  });
});
