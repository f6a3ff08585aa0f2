/** Anything thrown on purpose in Overt: a stable code for programs, a sentence and a hint for people. */
export class OvertError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  override readonly name = "OvertError";

  constructor(code: string, message: string, more: { hint?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = more.hint;
  }

  /** One line for a log or a terminal. */
  override toString(): string {
    return `${this.code}: ${this.message}${this.hint ? ` ${this.hint}` : ""}`;
  }
}

/** `unknown` from a catch clause as an OvertError, keeping the original as its cause. */
export function asOvertError(thrown: unknown, code = "UNEXPECTED"): OvertError {
  if (thrown instanceof OvertError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OvertError(code, message, { cause: thrown });
}
