import { hostname } from "node:os";
import { OvertError } from "@overt/core";
import { z } from "zod";

const Name = z.string().min(1).max(253);

const Tls = z.discriminatedUnion("mode", [
  /** An authority of the centre's own, made at the first start; browsers trust it once `/ca.crt` is imported. */
  z.object({ mode: z.literal("local-ca"), names: z.array(Name).max(50).default([]) }),
  /** PEM files that someone else renews; a change is noticed. */
  z.object({ mode: z.literal("files"), certFile: z.string().min(1), keyFile: z.string().min(1) }),
  /** RFC 8555 with HTTP-01, which is answered on port 80. */
  z.object({
    mode: z.literal("acme"),
    names: z.array(Name).min(1).max(50),
    acme: z.object({
      directoryUrl: z.url().default("https://acme-v02.api.letsencrypt.org/directory"),
      email: z.email(),
      /** Writing this means agreeing to the authority's terms. */
      termsOfServiceAgreed: z.literal(true),
      httpPort: z.number().int().min(0).max(65_535).default(80),
    }),
  }),
  /** No TLS: only on a loopback address, where browsers treat it as secure. */
  z.object({ mode: z.literal("off-loopback-only") }),
]);
export type TlsOptions = z.infer<typeof Tls>;

const Loopback = ["127.0.0.1", "::1", "localhost"];

export const ControlOptions = z
  .object({
    /** Database, keys and certificates; made if it is missing. */
    dataDir: z.string().min(1),
    host: z.string().min(1).default("127.0.0.1"),
    /** 0 takes a free one. */
    port: z.number().int().min(0).max(65_535).default(8443),
    tls: Tls.default({ mode: "local-ca", names: [] }),
    recorders: z
      .array(z.object({ name: z.string().min(1).max(64), socketPath: z.string().min(1) }))
      .max(1_000)
      .default([]),
    /** The built web bundle; without it only the API answers. */
    webDir: z.string().min(1).optional(),
    /** Shows the demo banner. */
    demo: z.boolean().default(false),
    /** The switch of the demo's power; without it there is no such button. */
    demoSocket: z.string().min(1).optional(),
    /** What people type, when it is not `https://HOST:PORT`: behind a proxy, or in development. */
    publicUrl: z.url().optional(),
    sessions: z
      .object({
        idleMs: z.number().int().min(1_000).optional(),
        absoluteMs: z.number().int().min(1_000).optional(),
      })
      .default({}),
    logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .strict()
  .refine((o) => o.tls.mode !== "off-loopback-only" || Loopback.includes(o.host), {
    path: ["tls", "mode"],
    message: "off-loopback-only needs host 127.0.0.1, ::1 or localhost",
  });
export type ControlOptions = z.input<typeof ControlOptions>;
export type CheckedOptions = z.infer<typeof ControlOptions>;

/** @throws OvertError `OPTIONS_INVALID`, naming each field that is wrong. */
export function checkOptions(options: unknown): CheckedOptions {
  const parsed = ControlOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "options"}: ${issue.message}`);
  throw new OvertError("OPTIONS_INVALID", `The centre's configuration is wrong. ${faults.join("; ")}.`, {
    hint: "Correct these fields and start again.",
  });
}

/** The name that a person should type for a centre that listens on `host`. */
export function typedHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return hostname();
  return host.includes(":") ? `[${host}]` : host === "127.0.0.1" ? "localhost" : host;
}
