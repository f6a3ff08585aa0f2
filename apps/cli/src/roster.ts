import { type Instant, iso, OvertError } from "@overt/core";
import {
  fromBase64Url,
  type Json,
  type Roster,
  type RosterText,
  readRoster,
  type Signed,
  signStatement,
} from "@overt/rules";
import { verifier } from "@overt/seal";
import { z } from "zod";
import {
  makeIdentity,
  makeSigningKey,
  printJson,
  readJson,
  readSigningKey,
  type SigningKeyFile,
  writeNew,
} from "./key-files.ts";

/** What a custodian gives to whoever makes the roster: nothing of it is secret. */
export type CustodianCard = RosterText["groups"]["operations"]["custodians"][number];
const CardShape = z.strictObject({ id: z.string(), name: z.string(), recipient: z.string(), publicKey: z.string() });

/** The three files of a custodian: `ID.agekey` opens shares, `ID.signkey` signs acts, `ID.card.json` is given away. */
export async function makeCustodian(dir: string, of: { id: string; name: string }): Promise<CustodianCard> {
  const recipient = await makeIdentity(`${dir}/${of.id}.agekey`);
  const { publicKey } = await makeSigningKey(`${dir}/${of.id}.signkey`);
  const card = { ...of, recipient, publicKey };
  await writeNew(`${dir}/${of.id}.card.json`, printJson(card));
  return card;
}

/**
 * `overt roster make`: a signed roster from custodians' cards.
 *
 * @throws OvertError `ROSTER_INVALID` with what is wrong; `FILE_EXISTS`; what reading the files throws
 */
export async function makeRosterFile(
  files: { operations: readonly string[]; oversight: readonly string[]; key: string; out: string },
  of: { version: number; from: Instant; operationsK: number; oversightK: number },
): Promise<Roster> {
  const overseer = await readSigningKey(files.key);
  const [operations, oversight] = await Promise.all([readCards(files.operations), readCards(files.oversight)]);
  const groups = {
    operations: { k: of.operationsK, custodians: operations },
    oversight: { k: of.oversightK, custodians: oversight },
  };
  const { signed, roster } = await signRoster({ v: 1, version: of.version, from: iso(of.from), groups }, overseer);
  await writeNew(files.out, printJson(signed));
  return roster;
}

/** Signs and reads again what it has signed. @throws OvertError `ROSTER_INVALID` */
export async function signRoster(
  payload: RosterText,
  overseer: SigningKeyFile,
): Promise<{ signed: Signed; roster: Roster }> {
  const signed = await signStatement("roster", payload as Json, overseer.sign);
  const roster = await readRoster(signed, await verifier(fromBase64Url(overseer.publicKey)));
  if ("decision" in roster) throw new OvertError("ROSTER_INVALID", roster.reason, { hint: roster.hint });
  return { signed, roster };
}

const readCards = (files: readonly string[]): Promise<CustodianCard[]> => Promise.all(files.map(readCard));

async function readCard(file: string): Promise<CustodianCard> {
  const card = CardShape.safeParse(await readJson(file));
  if (card.success) return card.data;
  throw new OvertError("CARD_INVALID", `${file} is no custodian's card.`, {
    hint: "It is the ID.card.json that `overt key make` wrote for the custodian.",
  });
}
