import { fc, test as prop } from "@fast-check/vitest";
import { OvertError } from "@overt/core";
import { afterEach, describe, expect, test } from "vitest";
import { TEST_FINGERPRINT } from "../camera/fake-camera-server.ts";
import { type Answer, FakeUpsd, GREETING } from "./fake-upsd.ts";
import { Upsd, type UpsdAddress } from "./upsd.ts";

const open: FakeUpsd[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const LIST = 'BEGIN LIST VAR gate\nVAR gate ups.status "OL"\nVAR gate ups.mfr "A \\"B\\""\nEND LIST VAR gate\n';
const good: Answer = (line) => {
  if (line === "VER") return GREETING;
  if (line === "STARTTLS") return "OK STARTTLS\n";
  return line.startsWith("LIST") ? LIST : "OK\n";
};
/** `own` first, then as a good server. */
const like =
  (own: (line: string) => ReturnType<Answer> | undefined): Answer =>
  (line) => {
    const said = own(line);
    return said === undefined ? good(line) : said;
  };
async function serving(answer: Answer): Promise<FakeUpsd> {
  const fake = await FakeUpsd.open(answer);
  open.push(fake);
  return fake;
}
const at = ({ port }: FakeUpsd, tls?: UpsdAddress["tls"]): UpsdAddress => ({
  host: "127.0.0.1",
  port,
  upsName: "gate",
  tls,
});
const coded = (code: string) => expect.objectContaining({ code });

test("all variables come with their quotes taken off", async () => {
  const upsd = await Upsd.open(at(await serving(good)));
  expect(Object.fromEntries(await upsd.variables())).toEqual({ "ups.status": "OL", "ups.mfr": 'A "B"' });
  upsd.leave();
});

describe("what upsd refuses is said in words", () => {
  test.each([
    ["UNKNOWN-UPS", "UPS_UNKNOWN"],
    ["DATA-STALE", "UPS_DATA_STALE"],
    ["DRIVER-NOT-CONNECTED", "UPS_DRIVER_AWAY"],
    ["ACCESS-DENIED", "UPS_ACCESS_DENIED"],
    ["SOMETHING-NEW", "UPS_REFUSED"],
  ])("%s", async (word, code) => {
    const upsd = await Upsd.open(
      at(await serving(like((line) => (line.startsWith("LIST") ? `ERR ${word}\n` : undefined)))),
    );
    await expect(upsd.variables()).rejects.toEqual(coded(code));
    upsd.leave();
  });

  test.each(["ACCESS-DENIED", "INVALID-PASSWORD", "INVALID-USERNAME"])("%s to a login", async (word) => {
    const upsd = await Upsd.open(
      at(await serving(like((line) => (line.startsWith("LOGIN") ? `ERR ${word}\n` : undefined)))),
    );
    await expect(upsd.login("overt", "x")).rejects.toEqual(coded("UPS_LOGIN_REFUSED"));
    upsd.leave();
  });
});

describe("encryption", () => {
  test("the login goes through it alone", async () => {
    const fake = await serving(good);
    const upsd = await Upsd.open(at(fake, { fingerprintSha256: TEST_FINGERPRINT }));
    await upsd.login("overt", "secret");
    expect((await upsd.variables()).get("ups.status")).toBe("OL");
    upsd.leave();
    expect(fake.heard.slice(0, 3)).toEqual(["VER", "STARTTLS", "USERNAME overt"]);
  });

  test.each([
    ["another certificate than the pinned one", { fingerprintSha256: "00".repeat(32) }],
    ["one that nobody vouches for", {}],
  ])("%s: not a byte follows", async (_, tls) => {
    const fake = await serving(good);
    await expect(Upsd.open(at(fake, tls))).rejects.toEqual(coded("UPS_TLS_UNTRUSTED"));
    expect(fake.heard).toEqual(["VER", "STARTTLS"]);
  });
});

describe("something else than upsd", () => {
  test.each<[string, Answer, string]>([
    ["speaks another protocol", () => "HTTP/1.1 400 Bad Request\n", "UPS_ANSWER_INVALID"],
    ["sends without end", () => Buffer.alloc(20_000, 65), "UPS_ANSWER_INVALID"],
    ["hangs up", () => "close", "UPS_SERVER_UNREACHABLE"],
    ["answers twice", (line) => (line === "VER" ? `${GREETING}OK\n` : null), "UPS_ANSWER_INVALID"],
  ])("%s", async (_, answer, code) => {
    const opened = Upsd.open(at(await serving(answer))).then((upsd) => upsd.variables());
    await expect(opened).rejects.toEqual(coded(code));
  });

  test("a list without end is not kept", async () => {
    const endless = `BEGIN LIST VAR gate\n${Array.from({ length: 3_000 }, (_, i) => `VAR gate v${i} "1"\n`).join("")}`;
    const upsd = await Upsd.open(at(await serving(like((line) => (line.startsWith("LIST") ? endless : undefined)))));
    await expect(upsd.variables()).rejects.toEqual(coded("UPS_ANSWER_INVALID"));
  });

  test("nobody is there", async () => {
    const fake = await FakeUpsd.open(good);
    const address = at(fake);
    await fake.close();
    await expect(Upsd.open(address)).rejects.toEqual(coded("UPS_SERVER_UNREACHABLE"));
  });

  const anyLine = fc.oneof(fc.stringMatching(/^(BEGIN|END|VAR|ERR|OK)[ -~]{0,40}$/), fc.string({ maxLength: 60 }));
  prop.prop([fc.array(anyLine, { minLength: 1, maxLength: 8 })], { numRuns: 200 })(
    "whatever it says to a list is an answer or an error of ours",
    async (lines) => {
      const said = lines.map((line) => `${line}\n`).join("");
      const fake = await FakeUpsd.open(
        like((line) => (line.startsWith("LIST") ? `${said}END LIST VAR gate\n` : undefined)),
      );
      try {
        const upsd = await Upsd.open(at(fake));
        await upsd.variables().then(
          (variables) => expect(variables).toBeInstanceOf(Map),
          (thrown: unknown) => expect(thrown).toBeInstanceOf(OvertError),
        );
        upsd.destroy();
      } finally {
        await fake.close();
      }
    },
  );
});
