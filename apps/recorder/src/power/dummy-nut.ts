import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian puts them; `upsd` on its path is a script that does nothing until /etc/nut is set up. */
const UPSD = "/lib/nut/upsd";
const DRIVER = "/lib/nut/dummy-ups";

export const NUT_LOGIN = { username: "overt", password: 'four "words" and a \\' };
export const DUMMY_UPS = "gate";

/** For tests: the real `upsd` of Network UPS Tools with its driver for a UPS that is a file. Installed by `npm test`. */
export class DummyNut {
  readonly port: number;
  readonly #dir: string;
  readonly #children: ChildProcess[] = [];
  #written = Math.floor(Date.now() / 1000);

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.port = port;
  }

  static get installed(): boolean {
    return existsSync(UPSD) && existsSync(DRIVER);
  }

  static async start(variables: Readonly<Record<string, string>>): Promise<DummyNut> {
    const dir = mkdtempSync(join(tmpdir(), "overt-nut-"));
    const nut = new DummyNut(dir, await freePort());
    mkdirSync(join(dir, "state"), { mode: 0o700 });
    const file = (name: string, lines: readonly string[]) =>
      writeFileSync(join(dir, name), `${lines.join("\n")}\n`, { mode: 0o600 });
    const device = join(dir, "ups.dev");
    file("ups.conf", [
      `[${DUMMY_UPS}]`,
      "driver = dummy-ups",
      `port = ${device}`,
      "mode = dummy-once",
      "pollinterval = 1",
    ]);
    file("upsd.conf", [`LISTEN 127.0.0.1 ${nut.port}`, "MAXAGE 5"]);
    const quoted = NUT_LOGIN.password.replace(/["\\]/g, "\\$&");
    file("upsd.users", [`[${NUT_LOGIN.username}]`, `password = "${quoted}"`, "upsmon secondary"]);
    nut.set(variables);
    nut.#run(DRIVER, ["-a", DUMMY_UPS, "-F", "-u", "root"]);
    await until("the driver's socket", () => existsSync(join(dir, `state/dummy-ups-${DUMMY_UPS}`)));
    nut.#run(UPSD, ["-F", "-u", "root"]);
    await until("upsd", () => answers(nut.port));
    return nut;
  }

  /** The driver looks once a second. Variables that are not named go. */
  set(variables: Readonly<Record<string, string>>): void {
    const path = join(this.#dir, "ups.dev");
    writeFileSync(
      path,
      Object.entries(variables)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join(""),
    );
    // It goes by whole seconds of the file's time.
    this.#written++;
    utimesSync(path, this.#written, this.#written);
  }

  /** As when its cable is pulled: `upsd` goes on. */
  stopDriver(): Promise<void> {
    return ended(this.#children[0]);
  }

  /** As when its machine is gone. */
  stopServer(): Promise<void> {
    return ended(this.#children[1]);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) await ended(child);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #run(program: string, args: readonly string[]): void {
    const state = join(this.#dir, "state");
    const env = { ...process.env, NUT_CONFPATH: this.#dir, NUT_STATEPATH: state, NUT_ALTPIDPATH: state };
    this.#children.push(spawn(program, args, { env, stdio: "ignore" }));
  }
}

function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not come up.`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
