/** `FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE` (fallocate(2)): parts of blocks become zeros, whole ones are given back. */
const PUNCH_AND_KEEP_SIZE = 3;

type Fallocate = (fd: number, mode: number, offset: bigint, bytes: bigint) => number;

let fallocate: Promise<Fallocate | null> | null = null;

/**
 * Gives bytes of a file back to its file system; zeros are read there from then on. Node has no call for it, libc has.
 *
 * @returns false where the file system cannot (ext4, XFS, btrfs and tmpfs can), or this Node has no `node:ffi`
 */
export async function punchHole(fd: number, offset: number, bytes: number): Promise<boolean> {
  fallocate ??= libcFallocate();
  const punch = await fallocate;
  return punch !== null && punch(fd, PUNCH_AND_KEEP_SIZE, BigInt(offset), BigInt(bytes)) === 0;
}

async function libcFallocate(): Promise<Fallocate | null> {
  try {
    const { dlopen } = await import("node:ffi");
    const { functions } = dlopen(null, { fallocate: { return: "i32", arguments: ["i32", "i32", "i64", "i64"] } });
    return functions.fallocate;
  } catch {
    // Another Node, or another libc: whole packs go instead.
    return null;
  }
}
