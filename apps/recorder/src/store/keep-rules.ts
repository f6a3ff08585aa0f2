import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CameraId } from "@overt/core";
import type { WhenFull } from "@overt/rules";
import { rowsOf, type SegmentIndex } from "./segment-index.ts";
import type { KeepRule } from "./shares.ts";

/**
 * What the register said last of each camera. Kept in the index: a camera that was taken down keeps what was promised of
 * it, and a store that starts full knows it before anybody tells.
 */
export class KeepRules {
  readonly #index: SegmentIndex;
  readonly #put: StatementSync;
  readonly #rules = new Map<CameraId, KeepRule>();

  constructor(database: DatabaseSync, index: SegmentIndex) {
    this.#index = index;
    this.#put = database.prepare("INSERT OR REPLACE INTO rules VALUES (?, ?, ?)");
    const names = index.cameraNames();
    const rows = database.prepare("SELECT camera, retention, when_full AS whenFull FROM rules").all();
    for (const row of rowsOf<{ camera: number; retention: number; whenFull: WhenFull }>(rows)) {
      const camera = names.get(row.camera);
      if (camera) this.#rules.set(camera, { camera, retentionMs: row.retention, whenFull: row.whenFull });
    }
  }

  get(camera: CameraId): KeepRule | null {
    return this.#rules.get(camera) ?? null;
  }

  list(): KeepRule[] {
    return [...this.#rules.values()];
  }

  /** In the caller's transaction. */
  learn(rules: readonly KeepRule[]): void {
    for (const rule of rules) {
      this.#put.run(this.#index.cameraRow(rule.camera), rule.retentionMs, rule.whenFull);
      this.#rules.set(rule.camera, rule);
    }
  }
}
