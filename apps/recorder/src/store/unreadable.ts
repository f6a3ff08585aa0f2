import type { Finding } from "./recovery.ts";

/** A bad sector, a file system's own damage, lost rights, a file that went: one file is lost by it, not its volume. */
const CODES = new Set(["EIO", "EUCLEAN", "EBADMSG", "ENODATA", "EACCES", "EPERM", "EISDIR", "ELOOP", "ENOENT"]);

const codeOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException | null)?.code ?? "";

/** Whether it is what a disk says of one file that it cannot give. */
export const isUnreadable = (thrown: unknown): boolean => CODES.has(codeOf(thrown));

export const unreadable = (path: string, thrown: unknown): Finding => ({
  code: "PACK_UNREADABLE",
  detail: `${path} (${codeOf(thrown)}): it is left as it is; a copy of its disk may still give what is in it`,
});
