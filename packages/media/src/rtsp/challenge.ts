/** One way in which a server asks for a login. Values are as sent: quotes removed, escapes kept. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[^\s=,"]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)(?:"|$)/y;
const GAP = /[\s,]*/y;
const EQUALS = /\s*=\s*/y;

/**
 * All challenges of all WWW-Authenticate headers (RFC 9110 §11.6.1), in order. A comma separates parameters as well as
 * challenges, so a word that no `=` follows begins a new challenge.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap((header) => {
    const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
    let at = 0;
    const take = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at;
      const found = pattern.exec(header);
      if (found) at = pattern.lastIndex;
      return found;
    };
    while (at < header.length) {
      take(GAP);
      const word = take(TOKEN)?.[0];
      if (word === undefined) {
        at++;
        continue;
      }
      if (!take(EQUALS)) {
        challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
        continue;
      }
      const value = take(QUOTED)?.[1] ?? take(UNQUOTED)?.[0] ?? "";
      const parameters = challenges.at(-1)?.parameters;
      if (parameters && !parameters.has(word.toLowerCase())) parameters.set(word.toLowerCase(), value);
    }
    return challenges;
  });
}

/** Unlike a token it may hold `=`: nonces in base64 have been seen without quotes. */
const UNQUOTED = /[^\s,"]+/y;
