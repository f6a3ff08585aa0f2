import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DiskOp, readTrace } from "./trace.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "overt-trace-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
const fd = (number: number, path: string): string => `${number}<${hex(path)}>`;
const HERE = `AT_FDCWD<${hex("/elsewhere")}>`;
const A = fd(5, "/r/a");
const MADE = `1 openat(${HERE}, "${hex("/r/a")}", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = ${A}`;

async function read(...lines: string[]): Promise<DiskOp[]> {
  const path = join(folder, "trace");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return readTrace(path, "/r");
}

describe("what strace saw", () => {
  test("a sync begins where it was asked for and ends where it returned, whatever other threads did between", async () => {
    const ops = await read(
      MADE,
      `1 fdatasync(${A} <unfinished ...>`,
      `2 pwrite64(${A}, "${hex("hello")}", 5, 0) = 5`,
      "1 <... fdatasync resumed>) = 0",
    );
    expect(ops.map(({ op }) => op)).toEqual(["create", "sync-begins", "write", "sync"]);
  });

  test("two syncs at once end what each of them began", async () => {
    const ops = await read(
      MADE,
      `1 fdatasync(${A} <unfinished ...>`,
      `2 fsync(${fd(6, "/r")} <unfinished ...>`,
      "1 <... fdatasync resumed>) = 0",
      "2 <... fsync resumed>) = 0",
    );
    expect(ops.slice(1).map((op) => ("id" in op ? `${op.op} ${op.id}` : op.op))).toEqual([
      "sync-begins 0",
      "sync-begins 1",
      "sync 0",
      "sync-directory 1",
    ]);
  });

  test("a sync that failed, or was under way when its process was killed, promises nothing", async () => {
    const ops = await read(
      MADE,
      `1 fdatasync(${A}) = -1 EIO (Input/output error)`,
      `1 fdatasync(${A} <unfinished ...>`,
      "1 <... fdatasync resumed>) = ?",
    );
    expect(ops.map(({ op }) => op)).toEqual(["create", "sync-begins", "sync-begins"]);
  });

  test("a path is taken from the folder that it was given with", async () => {
    const ops = await read(MADE, `1 unlinkat(${fd(6, "/r")}, "${hex("a")}", 0) = 0`);
    expect(ops.at(-1)).toEqual({ op: "unlink", path: "/r/a" });
    await expect(read(`1 mkdir("${hex("new")}", 0777) = 0`)).rejects.toThrow("not the folder");
  });

  test("a write goes where the file was wound to", async () => {
    const ops = await read(MADE, `1 lseek(${A}, 100, SEEK_SET) = 100`, `1 write(${A}, "${hex("xy")}", 2) = 2`);
    expect(ops.at(-1)).toMatchObject({ op: "write", offset: 100 });
  });

  test("a hole is zeros, and does not make a file longer", async () => {
    const hole = `fallocate(${A}, FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE, 1, 4096) = 0`;
    const ops = await read(MADE, `1 pwrite64(${A}, "${hex("abc")}", 3, 0) = 3`, `1 ${hole}`);
    expect(ops.at(-1)).toMatchObject({ op: "write", offset: 1, bytes: new Uint8Array(2) });
  });

  test.each([
    ["a link", `link("${hex("/r/a")}", "${hex("/r/b")}") = 0`],
    ["a copy in the kernel", `copy_file_range(${fd(6, "/x")}, NULL, ${A}, NULL, 100, 0) = 100`],
    ["a file that is sent into another", `sendfile(${A}, ${fd(6, "/x")}, NULL, 100) = 100`],
    ["shared memory", `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, ${A}, 0) = 0x7f0000000000`],
    ["room taken ahead", `fallocate(${A}, 0, 0, 4096) = 0`],
    [
      "a file that syncs each write",
      `openat(${HERE}, "${hex("/r/b")}", O_RDWR|O_CREAT|O_DSYNC, 0600) = ${fd(6, "/r/b")}`,
    ],
    ["a name that moves to another folder", `rename("${hex("/r/a")}", "${hex("/r/b/a")}") = 0`],
    ["a second descriptor", `dup(${A}) = ${fd(7, "/r/a")}`],
    ["a write that syncs itself", `pwritev2(${A}, [{iov_base="${hex("x")}", iov_len=1}], 1, 0, RWF_DSYNC) = 1`],
    ["a sync of everything", "sync() = 0"],
    ["file calls that go another way", "io_uring_setup(64, {flags=IORING_SETUP_SQPOLL, sq_thread_cpu=0}) = 9"],
  ])("%s is refused", async (_, line) => {
    await expect(read(MADE, `1 ${line}`)).rejects.toThrow("not understood");
  });

  test("the same calls on other files are no matter of ours", async () => {
    const other = fd(9, "/elsewhere/b");
    expect(
      await read(`1 dup(${other}) = ${other}`, `1 mmap(NULL, 9, PROT_READ, MAP_SHARED, ${other}, 0) = 0x7f00`),
    ).toEqual([]);
  });

  test("a line that is no call is refused, not left out", async () => {
    await expect(read(MADE, "1 pwrite64(5<")).rejects.toThrow("no call");
    await expect(read("1 <... fsync resumed>) = 0")).rejects.toThrow("never began");
  });
});
