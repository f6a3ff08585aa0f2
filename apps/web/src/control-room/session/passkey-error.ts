import { WebAuthnError } from "@simplewebauthn/browser";
import { OvertError } from "@overt/core";

/** What a browser says when a passkey cannot be made or used, as a sentence for people. */
export function passkeyError(cause: unknown): OvertError {
  const code = cause instanceof WebAuthnError ? cause.code : "";
  if (code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED")
    return new OvertError("PASSKEY_KNOWN", "This device already holds a passkey of this account.", { cause });
  if (cause instanceof Error && cause.name === "NotAllowedError")
    return new OvertError("PASSKEY_CANCELLED", "The browser was not given a passkey.", {
      hint: "Try again, and confirm on the device; or log in by password.",
      cause,
    });
  return new OvertError("PASSKEY_FAILED", "This browser could not use a passkey here.", {
    hint: "Passkeys need HTTPS and a name, not an IP address, in the address bar.",
    cause,
  });
}
