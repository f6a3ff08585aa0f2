import type { Random } from "./random.ts";

const TELLING = [0x00, 0x01, 0x02, 0x03, 0x7f, 0x80, 0xff, 0x24, 0x0a, 0x0d, 0x20, 0x22, 0x3b, 0x3d];

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  setByte,
  setByte,
  setHeaderByte,
  setHeaderByte,
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.slice(random.below(bytes.length + 1)),
  repeatPart,
  removePart,
  insertNoise,
  insertStartCode,
  setLength,
];

/** One to four changes to a copy of `bytes`; the input is never touched. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let out: Uint8Array = bytes.slice();
  for (let left = 1 + random.below(4); left > 0 && out.length > 0; left--) out = random.pick(MUTATIONS)(out, random);
  return out;
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  bytes[at] = bytes[at]! ^ (1 << random.below(8));
  return bytes;
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  bytes[random.below(bytes.length)] = random.chance(0.5) ? random.pick(TELLING) : random.below(256);
  return bytes;
}

/** The first bytes are those that decide. */
function setHeaderByte(bytes: Uint8Array, random: Random): Uint8Array {
  bytes[random.below(Math.min(bytes.length, 20))] = random.chance(0.3) ? random.pick(TELLING) : random.below(256);
  return bytes;
}

function repeatPart(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length);
  const part = bytes.subarray(from, from + random.below(200));
  return joined(bytes.subarray(0, from), part, part, bytes.subarray(from + part.length));
}

function removePart(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length);
  return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(30)));
}

function insertNoise(bytes: Uint8Array, random: Random): Uint8Array {
  const noise = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
}

function insertStartCode(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), Uint8Array.of(0, 0, 1).subarray(random.below(3)), bytes.subarray(at));
}

/** A 16-bit field with a value at its edge. */
function setLength(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length < 2) return bytes;
  const value = random.pick([0, 1, 0x7fff, 0x8000, 0xffff, bytes.length, bytes.length - 1, bytes.length + 1]);
  const at = random.below(bytes.length - 1);
  bytes[at] = (value >> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
