import { type DurationMs, type Instant, minutes, OvertError } from "@overt/core";
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Database } from "../database/open.ts";
import type { Account } from "./accounts.ts";
import { Challenges } from "./challenges.ts";

/** Which site a passkey is for: the host name that the browser shows, and the page's origin. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

export interface Passkey {
  readonly id: string;
  readonly label: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

const CHALLENGE_LIFE_MS: DurationMs = minutes(5);
const PER_ACCOUNT = 20;
/** Ed25519, ES256 and RS256 (COSE): what authenticators have today, without Node's experimental post-quantum ones. */
const ALGORITHMS = [-8, -7, -257];

/** WebAuthn log-in with discoverable, user-verified credentials: two factors in one touch, and no name to type. */
export class Passkeys {
  readonly #database: Database;
  readonly #now: () => Instant;
  readonly #challenges: Challenges;

  constructor(database: Database, now: () => Instant) {
    this.#database = database;
    this.#now = now;
    this.#challenges = new Challenges(now, CHALLENGE_LIFE_MS);
  }

  async list(account: Account): Promise<Passkey[]> {
    const rows = await this.#database
      .selectFrom("passkey")
      .select(["id", "label", "created_at", "used_at"])
      .where("account_id", "=", account.id)
      .orderBy("created_at")
      .execute();
    return rows.map((row) => ({ id: row.id, label: row.label, createdAt: row.created_at, usedAt: row.used_at }));
  }

  async remove(account: Account, id: string): Promise<void> {
    const gone = await this.#database
      .deleteFrom("passkey")
      .where("account_id", "=", account.id)
      .where("id", "=", id)
      .executeTakeFirst();
    if (gone.numDeletedRows === 0n) throw new OvertError("PASSKEY_UNKNOWN", "This account has no such passkey.");
  }

  /** @throws OvertError `PASSKEY_LIMIT` */
  async beginRegistration(account: Account, site: RelyingParty) {
    const known = await this.list(account);
    if (known.length >= PER_ACCOUNT)
      throw new OvertError("PASSKEY_LIMIT", `This account has ${PER_ACCOUNT} passkeys already.`, {
        hint: "Remove one that is not used any more.",
      });
    return generateRegistrationOptions({
      rpName: "Overt",
      rpID: site.id,
      userName: account.name,
      userDisplayName: account.name,
      userID: new TextEncoder().encode(account.id),
      challenge: this.#challenges.issue(`register ${account.id}`),
      attestationType: "none",
      supportedAlgorithmIDs: ALGORITHMS,
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
  }

  /** @throws OvertError `PASSKEY_REFUSED` */
  async register(account: Account, site: RelyingParty, label: string, response: RegistrationResponseJSON) {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: (challenge) => this.#challenges.take(fromBase64url(challenge), `register ${account.id}`),
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(refused);
    if (!verified) throw refusal();
    const { id, publicKey, counter, transports } = registrationInfo.credential;
    await this.#database
      .insertInto("passkey")
      .values({
        id,
        account_id: account.id,
        label,
        public_key: publicKey,
        counter,
        transports: (transports ?? []).join(" ").slice(0, 200),
        created_at: this.#now(),
        used_at: null,
      })
      .execute();
  }

  async beginLogin(site: RelyingParty) {
    return generateAuthenticationOptions({
      rpID: site.id,
      challenge: this.#challenges.issue("login"),
      userVerification: "required",
    });
  }

  /** @throws OvertError `PASSKEY_REFUSED` */
  async logIn(site: RelyingParty, response: AuthenticationResponseJSON): Promise<Account> {
    const row = await this.#database
      .selectFrom("passkey")
      .innerJoin("account", "account.id", "passkey.account_id")
      .select(["passkey.public_key", "passkey.counter", "passkey.transports", "account.id", "account.name"])
      .where("passkey.id", "=", response.id)
      .executeTakeFirst();
    if (!row) throw refusal();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => this.#challenges.take(fromBase64url(challenge), "login"),
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      credential: {
        id: response.id,
        publicKey: new Uint8Array(row.public_key),
        counter: row.counter,
        transports: row.transports.split(" ").filter(Boolean) as AuthenticatorTransport[],
      },
    }).catch(refused);
    if (!verified) throw refusal();
    await this.#database
      .updateTable("passkey")
      .set({ counter: authenticationInfo.newCounter, used_at: this.#now() })
      .where("id", "=", response.id)
      .execute();
    return { id: row.id, name: row.name };
  }
}

/** The library's challenge is the base64url of the text that was handed to it. */
const fromBase64url = (text: string): string => Buffer.from(text, "base64url").toString();

function refused(cause: unknown): never {
  throw refusal(cause);
}

function refusal(cause?: unknown): OvertError {
  return new OvertError("PASSKEY_REFUSED", "This passkey was not accepted.", {
    hint: "Try again. If it stays, log in by password and register the passkey anew.",
    cause,
  });
}
