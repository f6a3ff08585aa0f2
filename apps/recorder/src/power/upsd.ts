import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { OvertError } from "@overt/core";
import { otherCertificate, type PeerTls, tlsOptions } from "../tls.ts";
import { invalid, lineOf, LineReader, wordsOf } from "./nut-line.ts";
import { refusal } from "./nut-refusal.ts";

export interface UpsdAddress {
  readonly host: string;
  readonly port: number;
  /** As `upsd` knows it. */
  readonly upsName: string;
  /** Given: the link must be encrypted, or nothing is said on it. */
  readonly tls?: PeerTls | undefined;
}

const ANSWER_LIMIT_MS = 5_000;
/** The largest drivers know some three hundred variables. */
const VARIABLES_LIMIT = 2_000;

interface Waiting {
  readonly onLine: (line: string) => void;
  readonly reject: (error: OvertError) => void;
}

/** One connection to `upsd`. Its protocol answers in order, one question at a time. */
export class Upsd {
  readonly #address: UpsdAddress;
  #socket: Socket;
  #reader = new LineReader();
  #waiting: Waiting | null = null;
  #failed: OvertError | null = null;

  private constructor(address: UpsdAddress, socket: Socket) {
    this.#address = address;
    this.#socket = socket;
  }

  /**
   * @throws OvertError `UPS_SERVER_UNREACHABLE`, `UPS_ANSWER_INVALID` (something else than upsd is there),
   *   `UPS_TLS_NOT_OFFERED`, `UPS_TLS_UNTRUSTED`
   */
  static async open(address: UpsdAddress): Promise<Upsd> {
    const upsd = new Upsd(address, await connected(address));
    upsd.#listen();
    try {
      const [network, ups, tools] = wordsOf(await upsd.#ask("VER"));
      if (network !== "Network" || ups !== "UPS" || tools !== "Tools") throw invalid("a greeting that is not NUT's");
      if (address.tls) await upsd.#encrypt(address.tls);
      return upsd;
    } catch (thrown) {
      upsd.destroy();
      throw thrown;
    }
  }

  /**
   * Counts us among those for whom the primary waits before it cuts the power.
   *
   * @throws OvertError `UPS_LOGIN_REFUSED`, `UPS_UNKNOWN`
   */
  async login(username: string, password: string): Promise<void> {
    await this.#command("USERNAME", username);
    await this.#command("PASSWORD", password);
    await this.#command("LOGIN", this.#address.upsName);
  }

  /** All variables of the UPS by name. @throws OvertError what `upsd` refuses, `UPS_SERVER_UNREACHABLE` */
  variables(): Promise<ReadonlyMap<string, string>> {
    const { upsName } = this.#address;
    const found = new Map<string, string>();
    let begun = false;
    return this.#asking(lineOf("LIST VAR", upsName), (line, resolve) => {
      const [what, ...words] = wordsOf(line);
      if (what === "ERR") throw refusal(words[0] ?? "", { ups: upsName, command: "LIST" });
      if (!begun && what === "BEGIN" && words[0] === "LIST" && words[1] === "VAR") begun = true;
      else if (begun && what === "END" && words[0] === "LIST") resolve(found);
      else if (begun && what === "VAR" && words.length === 3 && found.size < VARIABLES_LIMIT)
        found.set(words[1] as string, words[2] as string);
      else throw invalid(`a list that is none: ${line.slice(0, 80)}`);
    });
  }

  /** Leaves in order, so that the primary need not wait for us. */
  leave(): void {
    if (this.#failed === null) this.#socket.end(lineOf("LOGOUT"));
    this.#failed ??= gone(this.#address, "was left");
    setTimeout(() => this.#socket.destroy(), 500).unref();
  }

  destroy(): void {
    this.#fail(gone(this.#address, "was closed"));
  }

  async #command(command: string, ...words: readonly string[]): Promise<void> {
    const [what, why = ""] = wordsOf(await this.#ask(command, ...words));
    if (what === "OK") return;
    if (what === "ERR") throw refusal(why, { ups: this.#address.upsName, command });
    throw invalid(`an answer that is none to ${command}`);
  }

  #ask(command: string, ...words: readonly string[]): Promise<string> {
    return this.#asking(lineOf(command, ...words), (line, resolve) => resolve(line));
  }

  #asking<T>(question: string, hear: (line: string, resolve: (answer: T) => void) => void): Promise<T> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(gone(this.#address, "does not answer")), ANSWER_LIMIT_MS);
      const over = (): void => {
        clearTimeout(timer);
        this.#waiting = null;
      };
      this.#waiting = {
        onLine: (line) => {
          try {
            hear(line, (answer) => {
              over();
              resolve(answer);
            });
          } catch (thrown) {
            over();
            reject(thrown);
          }
        },
        reject: (error) => {
          over();
          reject(error);
        },
      };
      this.#socket.write(question);
    });
  }

  async #encrypt(tls: PeerTls): Promise<void> {
    await this.#command("STARTTLS");
    const { host } = this.#address;
    const plain = this.#socket;
    for (const event of ["data", "error", "close"]) plain.removeAllListeners(event);
    this.#reader = new LineReader();
    const secure = connectTls({ socket: plain, ...tlsOptions(host, tls) });
    this.#socket = secure;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(untrusted(host, "it does not finish the handshake")), ANSWER_LIMIT_MS);
      secure.once("error", (error: Error & { code?: string }) => reject(untrusted(host, error.code ?? error.message)));
      secure.once("secureConnect", () => {
        const other = otherCertificate(secure, tls);
        if (other) reject(untrusted(host, `it shows ${other}, not the pinned certificate`));
        else resolve();
        clearTimeout(timer);
      });
    });
    this.#listen();
  }

  #listen(): void {
    this.#socket.on("data", (chunk: Uint8Array) => {
      try {
        for (const line of this.#reader.push(chunk)) {
          if (!this.#waiting) throw invalid("a line that nobody asked for");
          this.#waiting.onLine(line);
        }
      } catch (thrown) {
        this.#fail(thrown as OvertError);
      }
    });
    this.#socket.on("error", (error: Error & { code?: string }) =>
      this.#fail(gone(this.#address, `broke off (${error.code ?? error.message})`)),
    );
    this.#socket.on("close", () => this.#fail(gone(this.#address, "closed the connection")));
  }

  #fail(error: OvertError): void {
    this.#socket.destroy();
    this.#failed ??= error;
    this.#waiting?.reject(this.#failed);
  }
}

function connected({ host, port }: UpsdAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, timeout: ANSWER_LIMIT_MS });
    const fail = (why: string): void => {
      socket.destroy();
      reject(gone({ host, port }, why));
    };
    socket.once("timeout", () => fail("does not take the connection"));
    socket.once("error", (error: Error & { code?: string }) =>
      fail(`cannot be reached (${error.code ?? error.message})`),
    );
    socket.once("connect", () => {
      socket.removeAllListeners();
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

const gone = ({ host, port }: { host: string; port: number }, what: string): OvertError =>
  new OvertError("UPS_SERVER_UNREACHABLE", `The UPS server at ${host}:${port} ${what}.`, {
    hint: "Check that upsd runs there and listens on that address (LISTEN in upsd.conf).",
  });

const untrusted = (host: string, why: string): OvertError =>
  new OvertError("UPS_TLS_UNTRUSTED", `The UPS server at ${host} is not trusted: ${why}.`, {
    hint: "Compare `ca` or `fingerprintSha256` with its certificate.",
  });
