/** Who may open together. Both must act: operations know the case, oversight answers to the public. */
export type CustodianGroup = "operations" | "oversight";
export const CUSTODIAN_GROUPS: readonly CustodianGroup[] = ["operations", "oversight"];

/** What sealing needs of a roster; `@overt/rules` signs, verifies and pins the whole of it. */
export interface SealRoster {
  readonly version: number;
  readonly groups: Readonly<Record<CustodianGroup, SealGroup>>;
}

export interface SealGroup {
  /** How many of its custodians must act: at least 2, or one person would be a quorum. */
  readonly k: number;
  readonly custodians: readonly SealCustodian[];
}

export interface SealCustodian {
  readonly id: string;
  /** `age1…`, X25519. */
  readonly recipient: string;
}
