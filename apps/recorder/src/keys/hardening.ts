import { readFile } from "node:fs/promises";

/** What a process that holds keys or clear pictures must not do, and does on this machine. */
export interface HardeningFinding {
  readonly code: "core_dumps" | "swapped" | "swap_allowed" | "hardening_unknown";
  readonly message: string;
  readonly hint: string;
}

/**
 * Whether this process could leave its memory behind: in a core dump, or on a swap disk (DESIGN §4 "Seal").
 *
 * @param root `/`; another one in tests
 */
export async function hardeningFindings(root = "/"): Promise<HardeningFinding[]> {
  const [limits, status, swapMax] = await Promise.all([
    readFile(`${root}/proc/self/limits`, "utf8").catch(() => null),
    readFile(`${root}/proc/self/status`, "utf8").catch(() => null),
    swapLimit(root),
  ]);
  return [coreDumps(limits), ...swapping(status, swapMax)].filter((finding) => finding !== null);
}

function coreDumps(limits: string | null): HardeningFinding | null {
  const core = /^Max core file size\s+(\S+)\s+(\S+)/m.exec(limits ?? "");
  if (!core) return unknown("/proc/self/limits");
  if (core[2] === "0" && core[1] === "0") return null;
  return {
    code: "core_dumps",
    message: `This process may leave a core dump of up to ${core[1]} bytes (hard limit ${core[2]}), with keys in it.`,
    hint: "Set LimitCORE=0 in its unit, or start it after `ulimit -Hc 0`.",
  };
}

function swapping(status: string | null, swapMax: string | null): (HardeningFinding | null)[] {
  const swapped = /^VmSwap:\s+(\d+) kB/m.exec(status ?? "");
  if (!swapped) return [unknown("/proc/self/status")];
  const hint = "Set MemorySwapMax=0 in its unit, or turn swap off.";
  const already: HardeningFinding | null =
    swapped[1] === "0"
      ? null
      : {
          code: "swapped",
          message: `${swapped[1]} KiB of this process lie on the swap disk, perhaps with keys.`,
          hint,
        };
  const allowed: HardeningFinding | null =
    swapMax === "0" || swapMax === "none"
      ? null
      : { code: "swap_allowed", message: "The kernel may write this process's memory to a swap disk.", hint };
  return [already, allowed];
}

/** `none` when the machine has no swap at all; otherwise the tightest `memory.swap.max` above this process. */
async function swapLimit(root: string): Promise<string | null> {
  const swaps = await readFile(`${root}/proc/swaps`, "utf8").catch(() => null);
  if (swaps !== null && swaps.trim().split("\n").length === 1) return "none";
  const own = /^0::(\/.*)$/m.exec(await readFile(`${root}/proc/self/cgroup`, "utf8").catch(() => ""))?.[1];
  if (own === undefined) return null;
  const parts = own.split("/").filter(Boolean);
  const groups = parts.map((_, i) => parts.slice(0, parts.length - i).join("/"));
  const limits = await Promise.all(
    groups.map((group) => readFile(`${root}/sys/fs/cgroup/${group}/memory.swap.max`, "utf8").catch(() => "max")),
  );
  return limits.some((limit) => limit.trim() === "0") ? "0" : "max";
}

function unknown(file: string): HardeningFinding {
  return {
    code: "hardening_unknown",
    message: `${file} cannot be read: whether keys may end up in a core dump or on a swap disk is not known.`,
    hint: "Run the recorder on Linux with /proc mounted.",
  };
}
