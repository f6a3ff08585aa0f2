import { z } from "zod";

/** Whom to believe at the other end of an encrypted link. */
export const TlsConfig = z.strictObject({
  /** PEM of the authority that signed its certificate. */
  ca: z.string().optional(),
  /** SHA-256 of its certificate, in hexadecimal. */
  fingerprintSha256: z.string().optional(),
  /** The link is encrypted, but to whom is not known. */
  acceptAny: z.boolean().optional(),
});
