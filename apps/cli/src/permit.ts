import { type Instant, iso, OvertError } from "@overt/core";
import { fromBase64Url, type Json, type Permit, readPermit, type Signed, signStatement } from "@overt/rules";
import { verifier } from "@overt/seal";
import { printJson, readJson, readSigningKey, type SigningKeyFile, writeNew } from "./key-files.ts";

/**
 * `overt permit sign`: signs a permit's payload with the overseer's key.
 *
 * @throws OvertError `PERMIT_INVALID` with the member that is wrong; `FILE_EXISTS`; what reading the files throws
 */
export async function signPermitFile(files: { payload: string; key: string; out: string }): Promise<Permit> {
  const overseer = await readSigningKey(files.key);
  const { signed, permit } = await signPermit(await readJson(files.payload), overseer);
  await writeNew(files.out, printJson(signed));
  return permit;
}

/** Signs and reads again what it has signed: a permit that no recorder would take is not handed out. */
export async function signPermit(
  payload: unknown,
  overseer: SigningKeyFile,
): Promise<{ signed: Signed; permit: Permit }> {
  const signed = await signStatement("permit", payload as Json, overseer.sign);
  const permit = await readPermit(signed, await verifier(fromBase64Url(overseer.publicKey)));
  if ("decision" in permit) throw new OvertError("PERMIT_INVALID", permit.reason, { hint: permit.hint });
  return { signed, permit };
}

/** The overseer's word on what time it is, for recorders whose clock is in doubt. */
export const signTime = (at: Instant, overseer: SigningKeyFile): Promise<Signed> =>
  signStatement("time", { v: 1, at: iso(at) }, overseer.sign);
