import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export const canMount = process.getuid?.() === 0;

/** A small file system of its own, for which one must be root. @returns `null` where none can be mounted */
export function volume(bytes: number, type: "tmpfs" | "ext4" = "tmpfs"): string | null {
  const directory = mkdtempSync(join(tmpdir(), "overt-volume-"));
  const image = `${directory}.img`;
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
    rmSync(image, { force: true });
  });
  const quietly = { stdio: "ignore" } as const;
  try {
    if (type === "ext4") {
      writeFileSync(image, "");
      truncateSync(image, bytes);
      execFileSync("mkfs.ext4", ["-q", "-m", "0", image], quietly);
      execFileSync("mount", ["-o", "loop", image, directory], quietly);
    } else execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory], quietly);
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", directory]);
  });
  return directory;
}

/** Free bytes of a file system. */
export function freeOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
