import { describe, expect, test } from "vitest";
import { randomStream } from "@overt/sim/scene/random";
import { Disk, type Held } from "./disk.ts";
import type { DiskOp } from "./trace.ts";

const R = "/r";
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (held: Held, path: string): string | undefined => {
  const content = held.get(path);
  return content instanceof Uint8Array ? Buffer.from(content).toString() : content;
};
const sectors = (...fills: number[]): Uint8Array =>
  new Uint8Array(fills.flatMap((fill) => Array.from({ length: 512 }, () => fill)));

let syncs = 0;
const synced = (path: string, op: "sync" | "sync-directory" = "sync"): DiskOp[] => {
  const id = syncs++;
  return [
    { op: "sync-begins", path, id },
    { op, path, id },
  ];
};
const made = (path: string, content: Uint8Array): DiskOp[] => [
  { op: "create", path },
  { op: "write", path, offset: 0, bytes: content },
  ...synced(path),
  ...synced(R, "sync-directory"),
];

function diskOf(...ops: DiskOp[]): Disk {
  const disk = new Disk(R);
  for (const op of ops) disk.do(op);
  return disk;
}

/** What may be found, each once. */
function everyDisk<T>(disk: Disk, seen: (held: Held) => T): Set<T> {
  const random = randomStream(1);
  return new Set(Array.from({ length: 4_000 }, () => seen(disk.after("torn-512", random))));
}

describe("a disk that loses power", () => {
  test("has what was written before a sync began, and not for certain what was written while it ran", () => {
    const ops = made("/r/a", bytes("old"));
    const disk = diskOf(
      ...ops,
      { op: "write", path: "/r/a", offset: 0, bytes: bytes("new") },
      { op: "sync-begins", path: "/r/a", id: 900 },
      { op: "write", path: "/r/a", offset: 3, bytes: bytes(" and late") },
      { op: "sync", path: "/r/a", id: 900 },
    );
    expect(text(disk.after("lost", Math.random), "/r/a")).toBe("new");
    expect(text(disk.after("kept", Math.random), "/r/a")).toBe("new and late");
  });

  test("has nothing more while a sync has only begun", () => {
    const disk = diskOf(
      ...made("/r/a", bytes("old")),
      { op: "write", path: "/r/a", offset: 0, bytes: bytes("new") },
      { op: "sync-begins", path: "/r/a", id: 901 },
    );
    expect(text(disk.after("lost", Math.random), "/r/a")).toBe("old");
  });

  test("a name that was made while its folder was being synced may be gone", () => {
    const disk = diskOf(
      { op: "create", path: "/r/a" },
      { op: "sync-begins", path: R, id: 902 },
      { op: "create", path: "/r/b" },
      { op: "sync-directory", path: R, id: 902 },
    );
    const held = disk.after("lost", Math.random);
    expect([held.has("/r/a"), held.has("/r/b")]).toEqual([true, false]);
  });

  test("may have lost an earlier name and kept a later removal, and any other choice", () => {
    const disk = diskOf(
      ...made("/r/old", bytes("x")),
      { op: "create", path: "/r/new" },
      { op: "unlink", path: "/r/old" },
    );
    const found = everyDisk(disk, (held) => `${held.has("/r/new")} ${held.has("/r/old")}`);
    expect(found).toEqual(new Set(["true true", "true false", "false true", "false false"]));
  });

  test("may have lost a truncation and kept what was written after it", () => {
    const disk = diskOf(
      ...made("/r/a", sectors(1, 1, 1)),
      { op: "truncate", path: "/r/a", length: 512 },
      { op: "write", path: "/r/a", offset: 512, bytes: sectors(2) },
    );
    const found = everyDisk(disk, (held) => {
      const content = held.get("/r/a") as Uint8Array;
      return [0, 512, 1024].map((at) => content[at]).join();
    });
    expect(found).toContain("1,2,1");
    expect(found).toContain("1,2,");
  });

  test("may show in a file that has grown what a removed one left", () => {
    const disk = diskOf(
      ...made("/r/gone", sectors(7, 7)),
      { op: "unlink", path: "/r/gone" },
      ...made("/r/a", new Uint8Array()),
      { op: "write", path: "/r/a", offset: 0, bytes: sectors(1, 1) },
    );
    const found = everyDisk(disk, (held) => {
      const content = held.get("/r/a") as Uint8Array;
      return [0, 512].map((at) => content[at]).join();
    });
    for (const lawful of [",", "1,", "1,1", "0,0", "0,1", "7,7", "7,1", "1,7"]) expect(found).toContain(lawful);
  });

  test("shows nothing that a removed file left in the block that a file ends in: that block is its own", () => {
    const disk = diskOf(
      ...made("/r/gone", new Uint8Array(8_192).fill(7)),
      { op: "unlink", path: "/r/gone" },
      ...made("/r/a", sectors(1)),
      { op: "write", path: "/r/a", offset: 512, bytes: new Uint8Array(5_000).fill(2) },
    );
    const found = everyDisk(disk, (held) => {
      const content = held.get("/r/a") as Uint8Array;
      return [512, 4_096].map((at) => content[at]).join();
    });
    expect(found).toContain("0,7");
    expect([...found].filter((pair) => pair.startsWith("7"))).toEqual([]);
  });

  test("begins with what is held, durable", () => {
    const disk = new Disk(
      R,
      new Map<string, Uint8Array | "directory">([
        [R, "directory"],
        ["/r/a", bytes("there")],
      ]),
    );
    disk.do({ op: "write", path: "/r/a", offset: 0, bytes: bytes("T") });
    expect(text(disk.after("lost", Math.random), "/r/a")).toBe("there");
    expect(text(disk.after("kept", Math.random), "/r/a")).toBe("There");
  });
});
