import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type ForeignServer, listenTo, type ServeOptions, whenAnswering } from "./foreign-server.ts";

const SCRIPT = fileURLToPath(new URL("gstreamer.py", import.meta.url));
/** Debian's own Python first: python3-gi belongs to it, whatever else stands in the path. */
const PYTHON = ["/usr/bin/python3", "python3"].find(
  (python) => spawnSync(python, ["-c", "import gi; gi.require_version('GstRtspServer', '1.0')"]).status === 0,
);

/** Why GStreamer's server cannot run here; empty when it can. */
export const gstreamerMissing = PYTHON ? "" : "no python3-gi with gir1.2-gst-rtsp-server-1.0";

/** Serves a file in a loop, from its first picture for each client. */
export async function startGstreamer({ file, codec }: ServeOptions): Promise<ForeignServer> {
  const server = spawn(PYTHON ?? "python3", [SCRIPT, codec, file], { stdio: ["ignore", "pipe", "pipe"] });
  const words = listenTo(server);
  const [port] = await Promise.race([once(server.stdout, "data"), once(server, "close").then(() => [""])]);
  return whenAnswering(`rtsp://127.0.0.1:${Number(String(port))}/cam`, server, words);
}
