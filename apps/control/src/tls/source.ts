/** What the web server shows, as PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

/** Where certificates come from; `onRenewed` is called with later ones until `close`. */
export interface CertificateSource {
  readonly current: Credentials;
  onRenewed(listener: (credentials: Credentials) => void): void;
  /** The authority that a browser has to trust first; null when it does already. */
  readonly authority: { readonly certPem: string; readonly fingerprint: string } | null;
  close(): Promise<void>;
}
