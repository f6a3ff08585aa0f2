import { renameSync, writeFileSync } from "node:fs";

/** What the web server shows, as PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

/** Whole or not at all: a half-written key after a power cut would lock everyone out. */
export function writeWhole(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode, flush: true });
  renameSync(`${file}.new`, file);
}

/** Where certificates come from; `onRenewed` is called with later ones until `close`. */
export interface CertificateSource {
  readonly current: Credentials;
  onRenewed(listener: (credentials: Credentials) => void): void;
  /** The authority that a browser has to trust first; null when it does already. */
  readonly authority: { readonly certPem: string; readonly fingerprint: string } | null;
  close(): Promise<void>;
}
