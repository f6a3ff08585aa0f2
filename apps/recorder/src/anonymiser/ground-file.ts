import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CameraId, Instant } from "@overt/core";
import { instant } from "@overt/core";
import type { Permit } from "@overt/rules";
import { periodKeyAt } from "../keys/period-key.ts";
import type { KeeperClient } from "../keystore/client.ts";

export type GroundPermit = Pick<Permit, "retentionMs" | "privateSpaces">;

const HEAD_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The learnt ground of a camera between two runs. It shows the empty place, so it lies sealed under a period key and
 * dies with it. Layout: period start (i64), nonce, ciphertext, tag.
 */
export class GroundFiles {
  readonly #directory: string;
  readonly #keeper: KeeperClient;
  /** Saves of one camera, one after the other. */
  readonly #saving = new Map<CameraId, Promise<void>>();

  constructor(directory: string, keeper: KeeperClient) {
    this.#directory = directory;
    this.#keeper = keeper;
  }

  /** What was learnt under a permit's private spaces opens under the same ones only. */
  save(camera: CameraId, ground: Uint8Array, permit: GroundPermit, now: Instant): Promise<void> {
    const before = this.#saving.get(camera) ?? Promise.resolve();
    const saving = before.catch(() => {}).then(() => this.#save(camera, ground, permit, now));
    this.#saving.set(camera, saving);
    return saving;
  }

  async #save(camera: CameraId, ground: Uint8Array, permit: GroundPermit, now: Instant): Promise<void> {
    const { periodStart: start, key } = await periodKeyAt(this.#keeper, camera, now, permit.retentionMs);
    const head = new Uint8Array(HEAD_BYTES);
    new DataView(head.buffer).setBigInt64(0, BigInt(start));
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(labelOf(camera, permit, head));
    const sealed = Buffer.concat([head, nonce, cipher.update(ground), cipher.final(), cipher.getAuthTag()]);
    key.fill(0);
    const path = this.#path(camera);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(`${path}.new`, sealed, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** @returns undefined when there is none that can be opened: it is removed, and the anonymiser learns anew */
  async load(camera: CameraId, permit: GroundPermit): Promise<Uint8Array | undefined> {
    const sealed = await readFile(this.#path(camera)).catch(() => null);
    if (!sealed || sealed.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES) return undefined;
    const found = await this.#keeper.get(camera, instant(Number(sealed.readBigInt64BE(0))));
    if (found.state !== "live") {
      await rm(this.#path(camera), { force: true });
      return undefined;
    }
    try {
      // Where there are two keys, and it lies under the other one, it is learnt anew.
      return this.#open(camera, permit, sealed, found.keys[0]);
    } catch {
      // Torn, altered, or learnt before other private spaces: it is only a head start, and may show what is private now.
      await rm(this.#path(camera), { force: true });
      return undefined;
    } finally {
      for (const each of found.keys) each.fill(0);
    }
  }

  #open(camera: CameraId, permit: GroundPermit, sealed: Buffer, key: Uint8Array): Uint8Array {
    const body = sealed.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES));
    decipher.setAAD(labelOf(camera, permit, sealed.subarray(0, HEAD_BYTES)));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]);
  }

  #path(camera: CameraId): string {
    return join(this.#directory, `${camera}.ground`);
  }
}

const labelOf = (camera: CameraId, { privateSpaces }: GroundPermit, head: Uint8Array): Buffer =>
  Buffer.concat([head, Buffer.from(`${camera} ${JSON.stringify(privateSpaces)}`)]);
