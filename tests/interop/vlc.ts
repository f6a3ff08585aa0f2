import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type ForeignServer, freePort, listenTo, type ServeOptions, whenAnswering } from "./foreign-server.ts";

/** Debian's `nobody` and `nogroup`: VLC refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Why VLC cannot run here; empty when it can. */
export const vlcMissing = spawnSync("which", ["vlc"]).status === 0 ? "" : "no vlc";

/**
 * Serves a file in a loop, over UDP only; a client joins wherever it stands. (`--loop` would reopen the file, and its
 * RTSP sessions get nothing any more.)
 */
export async function startVlc({ file }: ServeOptions): Promise<ForeignServer> {
  const home = mkdtempSync(join(tmpdir(), "overt-vlc-"));
  const served = join(home, basename(file));
  copyFileSync(file, served);
  chmodSync(home, 0o755);
  chmodSync(served, 0o644);
  const root = process.getuid?.() === 0;
  if (root) chownSync(home, NOBODY.uid, NOBODY.gid);
  const url = `rtsp://127.0.0.1:${await freePort()}/cam`;
  const args = ["-I", "dummy", "--no-audio", "--input-repeat=65535", "--sout", `#rtp{sdp=${url}}`, served];
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home };
  const server = spawn("vlc", args, { stdio: ["ignore", "pipe", "pipe"], env, ...(root && NOBODY) });
  server.once("close", () => rmSync(home, { recursive: true, force: true }));
  return whenAnswering(url, server, listenTo(server));
}
