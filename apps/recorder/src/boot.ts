import { readFileSync } from "node:fs";

/** Of the kernel's start: another one means that the machine was off, or was started anew. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux: every start counts as a new boot, which only makes doubts likelier.
    return `${process.pid}-${Date.now()}`;
  }
}
