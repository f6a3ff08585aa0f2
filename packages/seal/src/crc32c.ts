/** CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, continuing from `previous`. Recorders inject a native one. */
export type Crc32c = (bytes: Uint8Array, previous?: number) => number;

const TABLES = makeTables();

/** Slicing by 8: eight table look-ups for eight bytes, without a dependency between them. */
export const crc32c: Crc32c = (bytes, previous = 0) => {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  const sliced = bytes.length & ~7;
  let crc = ~previous;
  let at = 0;
  for (; at < sliced; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t7[crc & 255]! ^
      t6[(crc >>> 8) & 255]! ^
      t5[(crc >>> 16) & 255]! ^
      t4[crc >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
};

type Table = Int32Array;

function makeTables(): [Table, Table, Table, Table, Table, Table, Table, Table] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    return crc;
  });
  const after = (table: Table): Table => table.map((crc) => first[crc & 255]! ^ (crc >>> 8));
  const t1 = after(first);
  const t2 = after(t1);
  const t3 = after(t2);
  const t4 = after(t3);
  const t5 = after(t4);
  const t6 = after(t5);
  return [first, t1, t2, t3, t4, t5, t6, after(t6)];
}
