import { OvertError } from "@overt/core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

/** A custodian's secret, `AGE-SECRET-KEY-1…`, as Debian's `age-keygen` makes it. */
export const newIdentity = (): Promise<string> => generateX25519Identity();

/** What shares are encrypted to, `age1…`. @throws OvertError `IDENTITY_INVALID` */
export async function recipientOf(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity);
  } catch (cause) {
    throw new OvertError("IDENTITY_INVALID", "This is no age identity.", {
      hint: "It is one line that begins with AGE-SECRET-KEY-1.",
      cause,
    });
  }
}
