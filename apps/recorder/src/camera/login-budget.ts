import type { Credentials } from "@overt/media/rtsp";

/** Cameras have been seen that lock out an address for half an hour after five failures; ONVIF counts too. */
const MOST_FAILURES = 3;
const WINDOW_MS = 30 * 60_000;
/** While others of this camera are logging in, how soon to ask again. */
const BUSY_WAIT_MS = 1_000;

/** Leave to try one login. Exactly one of its calls counts, the first. */
export interface LoginTry {
  accepted(): void;
  refused(nowMs: number): void;
  /** It was not asked for, or the connection ended before. */
  unused(): void;
}

export type LoginLeave =
  | { readonly kind: "try"; readonly credentials: Credentials; readonly login: LoginTry }
  | { readonly kind: "wait"; readonly untilMs: number };

/**
 * The user name and password of one camera, shared by all that log in to it (main and sub stream, ONVIF), so that a
 * wrong one is tried at most three times in half an hour, and at once when it changes.
 */
export class CameraLogin {
  #credentials: Credentials;
  #refusedAtMs: number[] = [];
  #inFlight = 0;
  #version = 0;
  readonly #listeners = new Set<() => void>();

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  change(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#refusedAtMs = [];
    this.#inFlight = 0;
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }

  /** @returns stops listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param nowMs  a clock that never steps; the same for all who ask */
  ask(nowMs: number): LoginLeave {
    this.#refusedAtMs = this.#refusedAtMs.filter((atMs) => nowMs - atMs < WINDOW_MS);
    if (this.#refusedAtMs.length >= MOST_FAILURES)
      return { kind: "wait", untilMs: (this.#refusedAtMs[0] ?? nowMs) + WINDOW_MS };
    if (this.#refusedAtMs.length + this.#inFlight >= MOST_FAILURES)
      return { kind: "wait", untilMs: nowMs + BUSY_WAIT_MS };
    this.#inFlight++;
    return { kind: "try", credentials: this.#credentials, login: this.#try() };
  }

  #try(): LoginTry {
    const version = this.#version;
    let open = true;
    const settle = (): boolean => {
      const counts = open && version === this.#version;
      open = false;
      if (counts) this.#inFlight--;
      return counts;
    };
    return {
      accepted: settle,
      unused: settle,
      refused: (nowMs) => {
        if (settle()) this.#refusedAtMs.push(nowMs);
      },
    };
  }
}
