import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hardeningFindings } from "./hardening.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "overt-proc-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function machine(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const limits = (core: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        ${core}           bytes     \n`;
const SWAP = "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2\tpartition\t1\t0\t-2\n";
const hardened = {
  "proc/self/limits": limits("0                    0        "),
  "proc/self/status": "Name:\tnode\nVmSwap:\t       0 kB\n",
  "proc/self/cgroup": "0::/system.slice/overt.service\n",
  "proc/swaps": SWAP,
  "sys/fs/cgroup/system.slice/overt.service/memory.swap.max": "0\n",
};
const codes = async () => (await hardeningFindings(root)).map(({ code }) => code);

test("a unit without core dumps and swap has nothing to answer for", async () => {
  machine(hardened);
  expect(await codes()).toEqual([]);
});

test("a machine without swap needs no limit on it", async () => {
  machine({ ...hardened, "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n", "proc/self/cgroup": "0::/\n" });
  expect(await codes()).toEqual([]);
});

test("a limit on a group above counts", async () => {
  machine({ ...hardened, "proc/self/cgroup": "0::/system.slice/overt.service/worker\n" });
  expect(await codes()).toEqual([]);
});

test("core dumps, soft or hard, are named with what to set", async () => {
  machine({ ...hardened, "proc/self/limits": limits("0                    unlimited") });
  const [finding] = await hardeningFindings(root);
  expect(finding).toMatchObject({ code: "core_dumps", hint: expect.stringContaining("LimitCORE=0") });
});

test("swap that is allowed and swap that has happened are two findings", async () => {
  machine({
    ...hardened,
    "proc/self/status": "VmSwap:\t     812 kB\n",
    "sys/fs/cgroup/system.slice/overt.service/memory.swap.max": "max\n",
  });
  expect(await codes()).toEqual(["swapped", "swap_allowed"]);
});

test("what cannot be read is not taken for good", async () => {
  expect(await codes()).toEqual(["hardening_unknown", "hardening_unknown"]);
});
