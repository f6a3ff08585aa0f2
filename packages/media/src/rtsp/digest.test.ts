import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";
import { type Authorizer, type Credentials, chooseAuthorizer } from "./digest.ts";

const MUFASA: Credentials = { username: "Mufasa", password: "Circle of Life" };
const CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

function authorizer(headers: string[], credentials = MUFASA, allowBasic = false): Authorizer {
  const choice = chooseAuthorizer(parseChallenges(headers), credentials, allowBasic, () => CNONCE);
  if (choice.kind !== "use") throw new Error(`No way to log in: ${choice.kind}.`);
  return choice.authorizer;
}

const field = (header: string, name: string): string | undefined =>
  new RegExp(`[ ,]${name}=("?)([^",]*)\\1`).exec(header)?.[2];

describe("RFC 7616 §3.9.1", () => {
  const rest =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  test.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("its %s example comes out", (algorithm, response) => {
    const header = authorizer([`Digest ${rest}, algorithm=${algorithm}`]).authorize("GET", "/dir/index.html");
    expect(field(header, "response")).toBe(response);
    expect(field(header, "algorithm")).toBe(algorithm);
    expect(field(header, "nc")).toBe("00000001");
  });
});

test("rtsp-01 retina#25: the strongest of several challenges is taken, in any order and header", () => {
  const basic = 'Basic realm="/"';
  const md5 = 'Digest realm="r", nonce="m"';
  const sha = 'Digest realm="r", nonce="s", algorithm="SHA-256"';
  for (const headers of [[basic, md5, sha], [sha, md5, basic], [`${md5}, ${basic}, ${sha}`], [`${basic}, ${sha}`, md5]])
    expect(authorizer(headers).nonce).toBe("s");
  expect(authorizer([basic, md5]).nonce).toBe("m");
  expect(authorizer([md5, basic]).nonce).toBe("m");
});

test("rtsp-01: Basic in the clear is sent only where it is allowed", () => {
  const offer = parseChallenges(['Basic realm="/"']);
  expect(chooseAuthorizer(offer, MUFASA, false, () => "")).toEqual({ kind: "basic_refused" });
  expect(authorizer(['Basic realm="/"'], MUFASA, true).authorize("OPTIONS", "*")).toBe(
    "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl",
  );
});

test("rtsp-02 go2rtc#2344: algorithm is echoed where it was given and left out where it was not", () => {
  const hardened = 'Digest realm="IP Camera(AB123)", nonce="n", algorithm="SHA-256", stale="FALSE"';
  const header = authorizer([hardened]).authorize("DESCRIBE", "rtsp://192.0.2.7/");
  expect(header).toContain("algorithm=SHA-256");
  expect(field(header, "response")).toHaveLength(64);
  expect(authorizer(['Digest realm="r", nonce="n"']).authorize("DESCRIBE", "/")).not.toContain("algorithm");
});

describe("rtsp-03 gortsplib#1074: qop", () => {
  test.each(['qop="auth"', 'qop="auth,auth-int"', "qop=auth"])("%s is answered with cnonce and a growing nc", (qop) => {
    const login = authorizer([`Digest realm="r", nonce="n", ${qop}, opaque="5ccc/=="`]);
    const [first, second] = [login.authorize("DESCRIBE", "/"), login.authorize("SETUP", "/a")];
    expect([field(first, "nc"), field(second, "nc")]).toEqual(["00000001", "00000002"]);
    for (const header of [first, second]) {
      expect(header).toContain(`qop=auth, `);
      expect(header).toContain(`cnonce="${CNONCE}"`);
      expect(header).toContain('opaque="5ccc/=="');
    }
  });

  test("without it the old five fields come, byte for byte (RFC 2069 §2.4, its erratum 749)", () => {
    const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
    const credentials = { username: "Mufasa", password: "CircleOfLife" };
    expect(authorizer([challenge], credentials).authorize("GET", "/dir/index.html")).toBe(
      'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response="1949323746fe6a43ef61f9606e7febea"',
    );
  });

  test("a challenge that wants the body protected cannot be answered", () => {
    const offer = parseChallenges(['Digest realm="r", nonce="n", qop="auth-int"']);
    expect(chooseAuthorizer(offer, MUFASA, true, () => "").kind).toBe("unsupported");
  });
});

test("rtsp-04: one header with all of the odd syntax is read", () => {
  const header = 'Digest realm="Unit, Organisation",nonce="a=b==",stale=FALSE,algorithm=MD5,opaque="",qop=auth';
  expect(parseChallenges([header]).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])).toEqual([
    [
      "digest",
      { realm: "Unit, Organisation", nonce: "a=b==", stale: "FALSE", algorithm: "MD5", opaque: "", qop: "auth" },
    ],
  ]);
  const login = authorizer([header]).authorize("OPTIONS", "/");
  expect(login).toContain('realm="Unit, Organisation", nonce="a=b=="');
  expect(login).toContain('opaque=""');
});

test("rtsp-04: a nonce without quotes keeps its equals signs", () => {
  expect(authorizer(["Digest realm=cam,nonce=abc==,stale=FALSE"]).nonce).toBe("abc==");
});

test("rtsp-04: a realm goes back as it came, escapes and foreign bytes too", () => {
  const header = authorizer(['Digest realm="caf\u00e9 \\"1\\"", nonce="n"']).authorize("OPTIONS", "/");
  expect(header).toContain('realm="caf\u00e9 \\"1\\""');
});

test("rtsp-18 mediamtx#557: neither password nor an unescaped user name is ever in the header", () => {
  const header = authorizer(['Digest realm="r", nonce="n"'], {
    username: 'a"b',
    password: "a@b/c?d#e%0X:f",
  }).authorize("DESCRIBE", "rtsp://192.0.2.7/live");
  expect(header).toContain('username="a\\"b"');
  expect(header).toContain('uri="rtsp://192.0.2.7/live"');
  expect(header).not.toContain("a@b");
});

test("what cannot be answered is named", () => {
  const offer = parseChallenges(["Negotiate", 'Digest realm="r", nonce="n", algorithm=SHA-512-256']);
  expect(chooseAuthorizer(offer, MUFASA, true, () => "")).toEqual({
    kind: "unsupported",
    offered: "negotiate, digest SHA-512-256",
  });
});

propertyTest.prop([fc.array(fc.string({ unit: "binary" }))])("any headers are read without an error", (headers) => {
  expect(Array.isArray(parseChallenges(headers))).toBe(true);
});

const token = fc.stringMatching(/^[a-z]{1,8}$/);
const quotable = fc.stringMatching(/^[ -!#-[\]-~]{0,20}$/);

propertyTest.prop([fc.uniqueArray(token, { minLength: 1 }), fc.array(quotable), fc.constantFrom(",", ", ", " , ")])(
  "what a server quotes comes out as it was",
  (names, values, comma) => {
    const pairs = names.map((name, at): [string, string] => [name, values[at] ?? ""]);
    const header = `Digest ${pairs.map(([name, value]) => `${name}="${value}"`).join(comma)}`;
    expect([...(parseChallenges([header])[0]?.parameters ?? [])]).toEqual(pairs);
  },
);
