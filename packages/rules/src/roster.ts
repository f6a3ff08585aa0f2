import { z } from "zod";
import { firstIssue, InstantText } from "./fields.ts";
import { type VerifyBytes, verifyStatement } from "./signed.ts";

const Custodian = z.strictObject({
  id: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/),
  name: z.string().min(1).max(120),
  /** X25519, to which shares are encrypted. */
  recipient: z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/),
  /** Ed25519, base64url, with which acts are signed. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

const Group = z
  .strictObject({
    /** How many must act: one alone is no quorum. */
    k: z.number().int().min(2),
    custodians: z.array(Custodian).min(2).max(255),
  })
  .refine(({ k, custodians }) => k <= custodians.length, { path: ["k"], message: "more than there are custodians" });

export const RosterPayload = z
  .strictObject({
    v: z.literal(1),
    version: z.number().int().positive(),
    from: InstantText,
    groups: z.strictObject({ operations: Group, oversight: Group }),
  })
  .refine(allDifferent, { path: ["groups"], message: "two custodians share an id, a recipient or a key" });

/** Who may open together; fits `SealRoster`. */
export type Roster = z.output<typeof RosterPayload>;
/** As it stands in a file: times are text. */
export type RosterText = z.input<typeof RosterPayload>;

export type RosterDenial = {
  readonly decision: "deny";
  readonly code: "roster_unreadable" | "roster_signature" | "roster_older" | "roster_needs_quorum";
  readonly reason: string;
  readonly hint: string;
};

/** A roster from its file, signed by the overseer. */
export async function readRoster(signed: unknown, overseer: VerifyBytes): Promise<Roster | RosterDenial> {
  const statement = await verifyStatement("roster", signed, overseer);
  if ("refused" in statement)
    return statement.refused === "unreadable"
      ? deny("roster_unreadable", "The roster is no signed statement.", "Make it with `overt roster make`.")
      : deny("roster_signature", "The roster is not signed by the overseer.", "Check the overseer's public key.");
  const roster = RosterPayload.safeParse(statement.payload);
  if (roster.success) return roster.data;
  const why = firstIssue(roster.error);
  return deny(
    "roster_unreadable",
    `The roster does not say what a roster must say (${why}).`,
    "Correct it and sign it anew.",
  );
}

/**
 * Whether a recorder takes `offered` for the roster that it has pinned. The first one is pinned on the overseer's word;
 * each later one needs the quorum of the one before, which comes with the ledger: until then the first one stays.
 */
export function pinDecision(
  pinnedVersion: number | null,
  offered: Roster,
): { readonly decision: "pin" | "keep" } | RosterDenial {
  if (pinnedVersion === null) return { decision: "pin" };
  if (offered.version === pinnedVersion) return { decision: "keep" };
  if (offered.version < pinnedVersion)
    return deny(
      "roster_older",
      `Roster ${offered.version} is older than ${pinnedVersion}, which is pinned.`,
      "Offer the newer one.",
    );
  return deny(
    "roster_needs_quorum",
    `Roster ${offered.version} is not agreed to by a quorum of roster ${pinnedVersion}.`,
    "Have its custodians sign the new one.",
  );
}

/** One person in two places, or in both groups, would be two of a quorum. */
function allDifferent({ groups }: { groups: Record<"operations" | "oversight", z.output<typeof Group>> }): boolean {
  const all = [...groups.operations.custodians, ...groups.oversight.custodians];
  return (["id", "recipient", "publicKey"] as const).every(
    (of) => new Set(all.map((one) => one[of])).size === all.length,
  );
}

function deny(code: RosterDenial["code"], reason: string, hint: string): RosterDenial {
  return { decision: "deny", code, reason, hint };
}
