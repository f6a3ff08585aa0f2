import { constants } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { OvertError } from "@overt/core";
import { fromBase64Url, toBase64Url } from "@overt/rules";
import { newIdentity, newSigningKeys, publicKeyOf, recipientOf, type Sign, signer } from "@overt/seal";

/** An Ed25519 key whose secret lies in a file. */
export interface SigningKeyFile {
  readonly seed: Uint8Array;
  /** base64url, as it stands in configurations and rosters. */
  readonly publicKey: string;
  readonly sign: Sign;
}

const SIGNING_LINE = /^OVERT-SIGNING-KEY-([A-Za-z0-9_-]{43})$/m;

/**
 * Makes an Ed25519 key, for an overseer or a custodian.
 *
 * @throws OvertError `FILE_EXISTS`: a key that is lost with its file cannot be made again
 */
export async function makeSigningKey(file: string): Promise<SigningKeyFile> {
  const { seed, publicKey } = await newSigningKeys();
  const text = `# public key: ${toBase64Url(publicKey)}\nOVERT-SIGNING-KEY-${toBase64Url(seed)}\n`;
  await writeNew(file, text, 0o600);
  return readSigningKey(file);
}

/** @throws OvertError `FILE_UNREADABLE`, `KEY_INVALID` */
export async function readSigningKey(file: string): Promise<SigningKeyFile> {
  const line = SIGNING_LINE.exec(await readText(file));
  if (!line)
    throw new OvertError("KEY_INVALID", `${file} holds no signing key.`, {
      hint: "It has a line that begins with OVERT-SIGNING-KEY-, as `overt key make` writes it.",
    });
  const seed = fromBase64Url(line[1]!);
  return { seed, publicKey: toBase64Url(await publicKeyOf(seed)), sign: await signer(seed) };
}

/** Makes an age identity, in the form that `age -d -i` reads. @returns its recipient, `age1…` */
export async function makeIdentity(file: string): Promise<string> {
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  await writeNew(file, `# public key: ${recipient}\n${identity}\n`, 0o600);
  return recipient;
}

/** @throws OvertError `FILE_UNREADABLE`, `IDENTITY_INVALID` */
export async function readIdentity(file: string): Promise<string> {
  const identity = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(await readText(file))?.[0];
  if (!identity)
    throw new OvertError("IDENTITY_INVALID", `${file} holds no age identity.`, {
      hint: "It has a line that begins with AGE-SECRET-KEY-1, as `age-keygen` writes it.",
    });
  await recipientOf(identity);
  return identity;
}

/** Writes a file that is not there yet, on the disk when this returns. @throws OvertError `FILE_EXISTS`, `FILE_UNWRITABLE` */
export async function writeNew(file: string, text: string, mode = 0o644): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST")
      throw new OvertError("FILE_EXISTS", `${file} is there already.`, {
        hint: "Choose another name: it is not overwritten.",
      });
    throw new OvertError("FILE_UNWRITABLE", `${file} cannot be written.`, { cause });
  }
}

/** @throws OvertError `FILE_UNREADABLE` */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new OvertError("FILE_UNREADABLE", `${file} cannot be read.`, {
      hint: "Check its name and who may read it.",
      cause,
    });
  }
}

/** @throws OvertError `FILE_UNREADABLE`, `JSON_INVALID` */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OvertError("JSON_INVALID", `${file} is no JSON: ${(cause as Error).message}.`, { cause });
  }
}

export const printJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
