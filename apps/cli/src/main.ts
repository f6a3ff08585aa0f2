/** The `overt` command (DESIGN §8): exits 0 done, 1 refused or failed, 2 wrong usage. */
import { writeFile } from "node:fs/promises";
import { instant, iso, parseIso } from "@overt/core";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { makeCustodian, makeRosterFile } from "./roster.ts";
import { makeSigningKey, printJson, readSigningKey } from "./key-files.ts";
import { fail, makeOutput, type Output } from "./output.ts";
import { signPermitFile, signTime } from "./permit.ts";

const program = new Command("overt")
  .description("Plan, run and answer for a public camera network.")
  .version("0.1.0")
  .showHelpAfterError()
  .exitOverride();

/** Each command: `--json`, an example under its help, and what it does in a module that is loaded when it is called. */
function command(on: Command, usage: string, description: string, example: string): Command {
  return on
    .command(usage)
    .description(description)
    .option("--json", "one JSON document on standard output")
    .addHelpText("after", `\nExample:\n  $ ${example}`);
}

function act<Options extends object>(
  work: (options: Options, output: Output, args: readonly string[]) => Promise<unknown>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const options = given.at(-2) as Options & { json?: boolean };
    const args = given.slice(0, -2).map(String);
    try {
      const code = await work(options, makeOutput(options.json === true), args);
      process.exit(typeof code === "number" ? code : 0);
    } catch (thrown) {
      fail(thrown, options.json === true);
    }
  };
}

const several = (value: string, before: string[] = []): string[] => [...before, value];

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

function amount(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && Number.isFinite(number)))
    throw new InvalidArgumentError("It must be a number from 0 up.");
  return number;
}

function positiveNumber(text: string): number {
  if (!(amount(text) > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return Number(text);
}

command(program, "demo", "a small town on this machine", "npm run demo -- --video street.mp4")
  .option("--video <file...>", "each file becomes a camera")
  .option("--camera <url>", "a real camera, rtsp://user:password@host/path (may be repeated)", several)
  .option("--port <number>", "of the control room", wholeNumber, 8443)
  .option("--data <dir>", "where everything is kept", ".overt/demo")
  .action(
    act<{ video?: string[]; camera?: string[]; port: number; data: string }>(async (options, output) => {
      const { demo } = await import("./commands/demo.ts");
      await demo({ video: [], camera: [], ...options }, output);
    }),
  );

command(program, "serve", "a real installation: centre, recorder or both", "overt serve --config /etc/overt/overt.yaml")
  .requiredOption("--config <file>", "overt.yaml")
  .action(
    act<{ config: string }>(async ({ config }, output) => {
      const { serve } = await import("./commands/serve.ts");
      await serve(config, output);
    }),
  );

const key = program.command("key").description("keys that never lie on a server");
command(key, "make", "an overseer's key, or a custodian's three files", "overt key make --overseer overseer.signkey")
  .option("--overseer <file>", "write an overseer's key there")
  .option("--custodian <id>", "make a custodian of this id")
  .option("--name <name>", "the custodian's name")
  .option("--dir <dir>", "where the custodian's files go", ".")
  .action(
    act<{ overseer?: string; custodian?: string; name?: string; dir: string }>(async (options, output) => {
      if (options.overseer) {
        const { publicKey } = await makeSigningKey(options.overseer);
        output.result({ publicKey, file: options.overseer }, `overseer: ${publicKey}`);
      } else if (options.custodian) {
        const card = await makeCustodian(options.dir, {
          id: options.custodian,
          name: options.name ?? options.custodian,
        });
        output.result(card, `${options.dir}/${card.id}.card.json may be given away; the other two files may not.`);
      } else throw new InvalidArgumentError("Say --overseer FILE or --custodian ID.");
    }),
  );

const permit = program.command("permit").description("leave to record");
command(
  permit,
  "sign",
  "sign a permit with the overseer's key",
  "overt permit sign --key overseer.signkey --in gate.json --out permits/gate.json",
)
  .requiredOption("--key <file>", "the overseer's key")
  .requiredOption("--in <file>", "the permit's payload (docs/operations.md has one)")
  .requiredOption("--out <file>", "the signed permit; never overwritten")
  .action(
    act<{ key: string; in: string; out: string }>(async ({ key, in: payload, out }, output) => {
      const signed = await signPermitFile({ payload, key, out });
      output.result({ camera: signed.camera, file: out }, `${out}: ${signed.camera} may be recorded.`);
    }),
  );

const time = program.command("time").description("the overseer's word on what time it is");
command(
  time,
  "sign",
  "sign the present time, for recorders that were off for long",
  "overt time sign --key overseer.signkey --out signed-time.json",
)
  .requiredOption("--key <file>", "the overseer's key")
  .requiredOption("--out <file>", "where the recorder looks for it; replaced if it is there")
  .action(
    act<{ key: string; out: string }>(async ({ key, out }, output) => {
      const at = instant(Date.now());
      await writeFile(out, printJson(await signTime(at, await readSigningKey(key))));
      output.result({ at: iso(at), file: out }, `${out}: ${iso(at)}`);
    }),
  );

const roster = program.command("roster").description("who may open originals together");
command(
  roster,
  "make",
  "a signed roster from custodians' cards",
  "overt roster make --key overseer.signkey --operations o1.card.json o2.card.json o3.card.json --oversight v1.card.json v2.card.json v3.card.json --out roster.json",
)
  .requiredOption("--key <file>", "the overseer's key")
  .requiredOption("--operations <card...>", "cards of the operations group")
  .requiredOption("--oversight <card...>", "cards of the oversight group")
  .option("--operations-k <number>", "how many of them must act", wholeNumber, 2)
  .option("--oversight-k <number>", "how many of them must act", wholeNumber, 3)
  .option("--roster-version <number>", "counts up with each change", wholeNumber, 1)
  .option("--from <instant>", "ISO 8601; now when absent")
  .requiredOption("--out <file>", "the signed roster; never overwritten")
  .action(
    act<RosterOptions>(async (options, output) => {
      const made = await makeRosterFile(options, {
        version: options.rosterVersion,
        from: options.from === undefined ? instant(Date.now()) : parseIso(options.from),
        operationsK: options.operationsK,
        oversightK: options.oversightK,
      });
      const count = made.groups.operations.custodians.length + made.groups.oversight.custodians.length;
      output.result(
        { version: made.version, custodians: count, file: options.out },
        `${options.out}: ${count} custodians.`,
      );
    }),
  );

interface RosterOptions {
  readonly json?: boolean;
  readonly key: string;
  readonly operations: string[];
  readonly oversight: string[];
  readonly operationsK: number;
  readonly oversightK: number;
  readonly rosterVersion: number;
  readonly from?: string;
  readonly out: string;
}

command(
  program,
  "anonymise <in> <out>",
  "the anonymiser on a file, audio left out",
  "overt anonymise street.mp4 street-anonymised.mp4",
)
  .option("--look <look>", "blocks or silhouette", "blocks")
  .action(
    act<{ look: string }>(async ({ look }, output, [input = "", out = ""]) => {
      const { anonymise } = await import("./commands/anonymise.ts");
      await anonymise(input, out, look, output);
    }),
  );

const plan = program.command("plan").description("where cameras should hang, and what that costs");
command(
  plan,
  "cover <file>",
  "the planner's solver on a set-covering file of the OR-Library",
  "overt plan cover town.txt --seconds 10",
)
  .option("--seconds <number>", "for how long; 10 when no moves are given", positiveNumber)
  .option("--moves <number>", "for how many moves: the same answer on any machine", positiveNumber)
  .option("--seed <number>", "of what is left to chance", wholeNumber, 1)
  .option("--budget <number>", "most weight for so much cost, not least cost for all", amount)
  .option("--weights <file>", "the weight of each row: a count and the numbers")
  .option("--sites <file>", "the site of each column: a count and the numbers")
  .action(
    act<import("./commands/plan-cover.ts").PlanCoverOptions>(async (options, output, [file = ""]) => {
      const { planCover } = await import("./commands/plan-cover.ts");
      await planCover(file, options, output);
    }),
  );

const sim = program.command("sim").description("simulated cameras, for tests and benches");
command(
  sim,
  "camera",
  "cameras that behave as real and as bad ones do",
  "overt sim camera --scene market --codec h265 --port 8554 --count 4",
)
  .option("--video <file>", "play this file")
  .option("--scene <name>", "draw this scene", "market")
  .option("--codec <codec>", "h264 or h265", "h264")
  .option("--port <number>", "of the first camera", wholeNumber, 8554)
  .option("--count <number>", "how many", wholeNumber, 1)
  .option("--fault <name...>", "what is wrong with them")
  .option("--user <name>", "asks for a log-in")
  .option("--password <password>", "of that user")
  .option("--cache <dir>", "where prepared pictures are kept", ".overt/prepared")
  .action(
    act<import("./commands/sim-camera.ts").SimCameraOptions>(async (options, output) => {
      const { simCamera } = await import("./commands/sim-camera.ts");
      await simCamera(options, output);
    }),
  );

command(
  sim,
  "outage",
  "takes the power of a running demo's site away",
  "overt sim outage --site demo-town --seconds 90",
)
  .option("--site <id>", "whose power", "demo-town")
  .option("--seconds <number>", "for how long", wholeNumber, 90)
  .option("--battery <number>", "seconds that the recorder's battery lasts", wholeNumber, 20)
  .option("--data <dir>", "the demo's folder", ".overt/demo")
  .action(
    act<import("./commands/sim-outage.ts").SimOutageOptions>(async (options, output) => {
      const { simOutage } = await import("./commands/sim-outage.ts");
      await simOutage(options, output);
    }),
  );

const store = program.command("store").description("footage on disk");
command(
  store,
  "check <dir>",
  "is the store whole; finds and explains, deletes nothing it does not understand",
  "overt store check /var/lib/overt/footage",
)
  .option("--repair", "mend what can be mended")
  .action(
    act<{ repair?: boolean }>(async ({ repair }, output, [dir = ""]) => {
      const { checkStoreAt } = await import("./commands/store-check.ts");
      return checkStoreAt(dir, repair === true, output);
    }),
  );

try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  process.exit(thrown.exitCode === 0 ? 0 : 2);
}
