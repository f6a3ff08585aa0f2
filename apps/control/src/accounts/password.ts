import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { OvertError } from "@overt/core";

const argon2Async = promisify(argon2);

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** Each hash takes 19 MiB and one of Node's four file threads: a flood of log-ins must not take them all. */
const AT_ONCE = 2;
const WAITING = 32;

let running = 0;
const queue: (() => void)[] = [];

/**
 * @returns the hash in PHC form, with its parameters, so that they can be raised later.
 * @throws OvertError `LOGIN_BUSY`
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, { salt, memoryKib: MEMORY_KIB, passes: PASSES, lanes: LANES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(tag)}`;
}

/**
 * Compares in constant time. With `null` (no such account, or one without a password) it works as long as with a hash,
 * so that the time of an answer does not tell which names exist.
 *
 * @throws OvertError `LOGIN_BUSY`, `PASSWORD_HASH_INVALID`
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const stored = parseHash(hash ?? NOBODY);
  const tag = await derive(password, stored);
  return timingSafeEqual(tag, stored.tag) && hash !== null;
}

const NOBODY = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(Buffer.alloc(SALT_BYTES))}$${base64(Buffer.alloc(TAG_BYTES))}`;

interface Parameters {
  readonly salt: Buffer;
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

async function derive(password: string, { salt, memoryKib, passes, lanes }: Parameters): Promise<Buffer> {
  await enter();
  try {
    return await argon2Async("argon2id", {
      message: password.normalize("NFC"),
      nonce: salt,
      memory: memoryKib,
      passes,
      parallelism: lanes,
      tagLength: TAG_BYTES,
    });
  } finally {
    leave();
  }
}

async function enter(): Promise<void> {
  if (running >= AT_ONCE) {
    if (queue.length >= WAITING)
      throw new OvertError("LOGIN_BUSY", "Too many people are logging in at this moment.", {
        hint: "Try again in a few seconds.",
      });
    return new Promise<void>((resolve) => queue.push(resolve));
  }
  running++;
}

/** Hands the place to the next who waits, or gives it back. */
function leave(): void {
  const next = queue.shift();
  if (next) next();
  else running--;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parseHash(text: string): Parameters & { readonly tag: Buffer } {
  const [, memory, passes, lanes, salt, tag] = PHC.exec(text) ?? [];
  if (!memory || !passes || !lanes || !salt || !tag || Buffer.from(tag, "base64").length !== TAG_BYTES)
    throw new OvertError("PASSWORD_HASH_INVALID", "An account's stored password hash is not one that Overt writes.");
  return {
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
    memoryKib: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
