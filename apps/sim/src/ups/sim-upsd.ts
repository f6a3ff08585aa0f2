import { createServer, type Server, type Socket } from "node:net";
import { OvertError } from "@overt/core";
import { SimBattery, type SimBatteryOptions } from "./battery.ts";

export interface SimUpsdOptions extends SimBatteryOptions {
  /** As it is asked for; `sim` by default. */
  readonly upsName?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Without it anybody may log in. */
  readonly login?: { readonly username: string; readonly password: string };
}

/** What is wrong with the server or its line to the UPS. */
export type SimUpsdFault = "none" | "stale" | "driver-away" | "silent" | "garbage";

/**
 * A simulated `upsd` on 127.0.0.1 with one UPS, for the demo, `overt sim outage` and tests. `battery` is the UPS: cut its
 * mains and give them back; `fault` is what goes wrong on the way to it.
 */
export class SimUpsd {
  readonly battery: SimBattery;
  fault: SimUpsdFault = "none";
  readonly #upsName: string;
  readonly #login: SimUpsdOptions["login"];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #logins = 0;

  private constructor({ upsName = "sim", login, ...battery }: SimUpsdOptions) {
    this.battery = new SimBattery(battery);
    this.#upsName = upsName;
    this.#login = login;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @throws OvertError `SIM_PORT_IN_USE` */
  static async start(options: SimUpsdOptions = {}): Promise<SimUpsd> {
    const upsd = new SimUpsd(options);
    await new Promise<void>((resolve, reject) => {
      upsd.#server.once("error", (cause) =>
        reject(
          new OvertError("SIM_PORT_IN_USE", `The simulated UPS cannot listen: ${cause.message}.`, {
            hint: "Give another port, or 0 for any.",
            cause,
          }),
        ),
      );
      upsd.#server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return upsd;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** How many clients a primary would wait for before it cuts the power. */
  get logins(): number {
    return this.#logins;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    const session = { username: "", password: "", loggedIn: false };
    let rest = "";
    this.#sockets.add(socket);
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (session.loggedIn) this.#logins--;
    });
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (this.fault === "silent") continue;
        if (this.fault === "garbage") socket.write('VAR "\0\xff no end\n');
        else socket.write(`${this.#answer(wordsOf(line), session)}\n`);
        if (line.startsWith("LOGOUT")) socket.end();
      }
    });
  }

  #answer(
    [command = "", ...words]: string[],
    session: { username: string; password: string; loggedIn: boolean },
  ): string {
    switch (command) {
      case "VER":
        return "Network UPS Tools upsd 2.8.0 - simulated by Overt";
      case "NETVER":
      case "PROTVER":
        return "1.3";
      case "USERNAME":
        session.username = words[0] ?? "";
        return "OK";
      case "PASSWORD":
        session.password = words[0] ?? "";
        return "OK";
      case "LOGIN":
        return this.#enter(words[0] ?? "", session);
      case "LOGOUT":
        return "OK Goodbye";
      case "STARTTLS":
        return "ERR FEATURE-NOT-CONFIGURED";
      case "LIST":
        return words[0] === "UPS" ? this.#listUps() : this.#listVariables(words);
      case "GET":
        return this.#get(words);
      default:
        return "ERR UNKNOWN-COMMAND";
    }
  }

  #enter(ups: string, session: { username: string; password: string; loggedIn: boolean }): string {
    const wanted = this.#login;
    if (wanted && (wanted.username !== session.username || wanted.password !== session.password))
      return "ERR ACCESS-DENIED";
    if (ups !== this.#upsName) return "ERR UNKNOWN-UPS";
    if (session.loggedIn) return "ERR ALREADY-LOGGED-IN";
    session.loggedIn = true;
    this.#logins++;
    return "OK";
  }

  #listUps(): string {
    return `BEGIN LIST UPS\nUPS ${this.#upsName} "Simulated"\nEND LIST UPS`;
  }

  #listVariables([what, ups = ""]: string[]): string {
    if (what !== "VAR") return "ERR INVALID-ARGUMENT";
    const refused = this.#refusal(ups);
    if (refused) return refused;
    const lines = Object.entries(this.battery.variables()).map(([name, value]) => `VAR ${ups} ${name} "${value}"`);
    return [`BEGIN LIST VAR ${ups}`, ...lines, `END LIST VAR ${ups}`].join("\n");
  }

  #get([what, ups = "", name = ""]: string[]): string {
    const refused = this.#refusal(ups);
    if (refused) return refused;
    const value = this.battery.variables()[name];
    if (what !== "VAR" || value === undefined) return "ERR VAR-NOT-SUPPORTED";
    return `VAR ${ups} ${name} "${value}"`;
  }

  #refusal(ups: string): string | null {
    if (ups !== this.#upsName) return "ERR UNKNOWN-UPS";
    if (this.fault === "stale") return "ERR DATA-STALE";
    return this.fault === "driver-away" ? "ERR DRIVER-NOT-CONNECTED" : null;
  }
}

/** What a client sends is one word each, or in quotes with `\"` and `\\`. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replace(/\\(.)/g, "$1"),
  );
}
