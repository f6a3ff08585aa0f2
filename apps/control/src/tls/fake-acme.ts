import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import "reflect-metadata/lite";
import * as x509 from "@peculiar/x509";

/** For tests only: as much of an RFC 8555 authority as one order by HTTP-01 needs. It does ask for the answer. */
export interface FakeAcme {
  readonly directoryUrl: string;
  readonly orders: string[][];
  close(): Promise<void>;
}

const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export async function startFakeAcme(challengePort: () => number): Promise<FakeAcme> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({ name: "CN=Fake ACME", keys });
  const orders: string[][] = [];
  const token = "a-token-of-the-fake-authority";
  let thumbprint = "";
  let authorised = "pending";
  let certificate = "";
  let nonce = 0;
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const order = () => ({
    status: certificate ? "valid" : authorised === "valid" ? "ready" : "pending",
    identifiers: orders.at(-1)?.map((value) => ({ type: "dns", value })),
    authorizations: [`${base()}/authorization`],
    finalize: `${base()}/finalize`,
    ...(certificate ? { certificate: `${base()}/certificate` } : {}),
  });
  const challenge = () => ({ type: "http-01", url: `${base()}/challenge`, token, status: authorised });
  const answers: Record<string, (payload: Record<string, unknown>) => Promise<unknown> | unknown> = {
    "/account": () => ({ status: "valid" }),
    "/order": ({ identifiers }) => {
      if (!Array.isArray(identifiers)) return order();
      orders.push(identifiers.map(({ value }) => String(value)));
      authorised = "pending";
      certificate = "";
      return order();
    },
    "/authorization": () => ({
      status: authorised,
      identifier: { type: "dns", value: orders.at(-1)?.[0] },
      challenges: [challenge()],
    }),
    "/challenge": async () => {
      const url = `http://127.0.0.1:${challengePort()}/.well-known/acme-challenge/${token}`;
      const answer = await fetch(url).then(
        (response) => response.text(),
        () => "no answer",
      );
      authorised = answer === `${token}.${thumbprint}` ? "valid" : "invalid";
      return challenge();
    },
    "/finalize": async ({ csr }) => {
      const request = new x509.Pkcs10CertificateRequest(Buffer.from(String(csr), "base64url"));
      const names = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
      const leaf = await x509.X509CertificateGenerator.create({
        subject: "CN=leaf",
        issuer: authority.subject,
        notBefore: new Date(Date.now() - 60_000),
        notAfter: new Date(Date.now() + 90 * 86_400_000),
        publicKey: await request.publicKey.export(),
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: names ? [names] : [],
      });
      certificate = `${leaf.toString("pem")}\n${authority.toString("pem")}\n`;
      return order();
    },
    "/certificate": () => certificate,
  };
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    response.setHeader("replay-nonce", `nonce-${nonce++}`);
    if (request.method === "POST") {
      const { jwk, payload } = await signed(request);
      if (jwk) thumbprint = thumbprintOf(jwk);
      const body = await answers[path]?.(payload);
      const isText = typeof body === "string";
      response.setHeader("location", base() + path);
      response.setHeader("content-type", isText ? "application/pem-certificate-chain" : "application/json");
      response.writeHead("identifiers" in payload || path === "/account" ? 201 : 200);
      response.end(isText ? body : JSON.stringify(body));
      return;
    }
    const directory = { newNonce: "/nonce", newAccount: "/account", newOrder: "/order", revokeCert: "/revoke" };
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify(Object.fromEntries(Object.entries(directory).map(([name, to]) => [name, base() + to]))),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    directoryUrl: `${base()}/directory`,
    orders,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

interface EcKey {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** RFC 7638 §3. */
function thumbprintOf({ crv, kty, x, y }: EcKey): string {
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

async function signed(request: IncomingMessage): Promise<{ jwk?: EcKey; payload: Record<string, unknown> }> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  const { protected: head, payload } = JSON.parse(text) as { protected: string; payload: string };
  const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString() || "{}");
  return { ...decode(head), payload: decode(payload) };
}
