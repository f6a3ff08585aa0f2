import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

test("a password fits its own hash, and no other does", async () => {
  const hash = await hashPassword("correct horse battery");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await verifyPassword("correct horse battery", hash)).toBe(true);
  expect(await verifyPassword("correct horse battery ", hash)).toBe(false);
  expect(await verifyPassword("", hash)).toBe(false);
});

test("the same password has another hash each time", async () => {
  expect(await hashPassword("the same words")).not.toBe(await hashPassword("the same words"));
});

test("a letter typed in two ways of Unicode is the same letter", async () => {
  expect(await verifyPassword("Stra\u00dfe caf\u0065\u0301", await hashPassword("Stra\u00dfe caf\u00e9"))).toBe(true);
});

test("a hash of the reference implementation is understood, with its own parameters", async () => {
  // echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32 (phc-winner-argon2, test.c)
  const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  expect(await verifyPassword("password", hash)).toBe(true);
  expect(await verifyPassword("passwore", hash)).toBe(false);
});

test("nobody's password is never right", async () => {
  expect(await verifyPassword("", null)).toBe(false);
});

test("a stored hash of another kind is an error, not a wrong password", async () => {
  await expect(verifyPassword("x", "$2b$10$abcdefghijklmnopqrstuv")).rejects.toMatchObject({
    code: "PASSWORD_HASH_INVALID",
  });
});

test("a flood of log-ins is refused beyond what may wait, and passes then", async () => {
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => verifyPassword("x", null)));
  const refused = all.filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(60 - 34);
  expect(refused[0]).toMatchObject({ reason: { code: "LOGIN_BUSY" } });
  expect(await verifyPassword("x", null)).toBe(false);
});
