import { existsSync } from "node:fs";
import { days, type Instant, instant, iso } from "@overt/core";
import type { PermitText } from "@overt/rules";
import { makeSigningKey, printJson, readJson, readSigningKey, type SigningKeyFile, writeNew } from "./key-files.ts";
import { signPermit } from "./permit.ts";
import { type CustodianCard, makeCustodian, signRoster } from "./roster.ts";

/** What the demo says of a camera; the rest of its permit is the demo town's. */
export type DemoCamera = Pick<PermitText, "camera" | "number" | "name"> & Partial<PermitText>;

export interface DemoKeys {
  /** base64url. */
  readonly overseerPublicKey: string;
  readonly overseer: SigningKeyFile;
  readonly rosterFile: string;
  readonly permitFiles: ReadonlyMap<string, string>;
  /** Age identities of the custodians, 3 of operations and 5 of oversight. */
  readonly identityFiles: Readonly<Record<"operations" | "oversight", readonly string[]>>;
}

const GROUPS = { operations: 3, oversight: 5 } as const;

/**
 * The keys of a town that exists only on one machine: in a real one no two of them lie in the same place. What is in
 * `dir` already is kept, so that a demo that starts again can still open what it recorded.
 */
export async function makeDemoKeys(dir: string, cameras: readonly DemoCamera[], now: Instant): Promise<DemoKeys> {
  const overseerFile = `${dir}/overseer.signkey`;
  const overseer = existsSync(overseerFile) ? await readSigningKey(overseerFile) : await makeSigningKey(overseerFile);
  const operations = await custodians(dir, "operations");
  const oversight = await custodians(dir, "oversight");
  const rosterFile = `${dir}/roster.json`;
  if (!existsSync(rosterFile)) {
    const groups = { operations: { k: 2, custodians: operations }, oversight: { k: 3, custodians: oversight } };
    const { signed } = await signRoster({ v: 1, version: 1, from: iso(now), groups }, overseer);
    await writeNew(rosterFile, printJson(signed));
  }
  const permitFiles = new Map<string, string>();
  for (const camera of cameras) permitFiles.set(camera.camera, await permitFile(dir, camera, overseer, now));
  const files = (cards: readonly CustodianCard[]) => cards.map(({ id }) => `${dir}/custodians/${id}.agekey`);
  const identityFiles = { operations: files(operations), oversight: files(oversight) };
  return { overseerPublicKey: overseer.publicKey, overseer, rosterFile, permitFiles, identityFiles };
}

async function custodians(dir: string, group: keyof typeof GROUPS): Promise<CustodianCard[]> {
  const cards: CustodianCard[] = [];
  for (let i = 1; i <= GROUPS[group]; i++) {
    const id = `${group}-${i}`;
    const card = `${dir}/custodians/${id}.card.json`;
    const name = `Demo custodian ${i} of ${group}`;
    cards.push(
      existsSync(card)
        ? ((await readJson(card)) as CustodianCard)
        : await makeCustodian(`${dir}/custodians`, { id, name }),
    );
  }
  return cards;
}

/** A file name of its own for each wording: a changed demo gets a new permit, an unchanged one keeps its own. */
async function permitFile(dir: string, camera: DemoCamera, overseer: SigningKeyFile, now: Instant): Promise<string> {
  const file = `${dir}/permits/${camera.camera}.json`;
  if (existsSync(file)) return file;
  const payload: PermitText = {
    v: 1,
    place: { lat: 48.8973, lon: 9.1916, text: "Demo town" },
    purpose: "Demonstration: nobody is recorded but the figures of the demo.",
    legalBasis: "None needed: simulated cameras.",
    retentionMs: days(3),
    from: iso(instant(now - days(1))),
    until: iso(instant(now + days(365))),
    anonymisedMode: "full",
    look: "blocks",
    privateSpaces: [],
    original: true,
    ...camera,
  };
  const { signed } = await signPermit(payload, overseer);
  await writeNew(file, printJson(signed));
  return file;
}
