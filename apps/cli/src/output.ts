import { asOvertError, OvertError } from "@overt/core";

/** Where a command speaks: words for people on stderr, one JSON document for programs on stdout. */
export interface Output {
  /** Something a person should know now. */
  say(text: string): void;
  /** Progress of something long, on one line where the terminal can. */
  progress(text: string): void;
  /** The command's result: `json` with `--json`, else `words` on stdout. */
  result(json: unknown, words: string): void;
}

export function makeOutput(json: boolean): Output {
  const live = process.stderr.isTTY === true;
  let open = false;
  const end = (): void => {
    if (open) process.stderr.write("\n");
    open = false;
  };
  return {
    say: (text) => {
      end();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (live) process.stderr.write(`\r\x1b[K${text}`);
      open = live;
    },
    result: (value, words) => {
      end();
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`);
    },
  };
}

/** Ends the process as DESIGN §8 says: 1 refused or failed, with the error's code. */
export function fail(thrown: unknown, json: boolean): never {
  const error = asOvertError(thrown);
  if (json) {
    const { code, message, hint } = error;
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`);
  }
  process.stderr.write(`${error}\n`);
  if (!(thrown instanceof OvertError) && thrown instanceof Error && process.env.OVERT_DEBUG)
    process.stderr.write(`${thrown.stack}\n`);
  process.exit(1);
}
