import { createHash, randomBytes } from "node:crypto";

/** 32 random bytes in base64url: too many to guess, so that a plain hash is enough at rest. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What is stored of a token: who reads the database or a backup of it cannot use it. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");
