import { execFileSync, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@overt/core";
import { expect, test } from "vitest";
import { splitAnnexB } from "../codec/annex-b.ts";
import { SampleStream } from "./sample-stream.ts";

const END = Buffer.from("end of the test");

/** All datagrams up to our own last one, which the kernel queues behind those of the sender. */
async function collect(socket: Socket, packets: Buffer[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("message", (packet) => {
    if (packet.equals(END)) resolve();
    else packets.push(packet);
  });
  await promise;
}

async function bound(): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 22 });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

test.each([
  ["h264", ["-c:v", "libx264", "-bf", "2"]],
  ["h264", ["-c:v", "libx264", "-slices", "4", "-bf", "0"]],
  ["h265", ["-c:v", "libx265", "-x265-params", "log-level=none:pools=1"]],
] as const)("what ffmpeg sends as %s over RTP (%j) comes out as it was, with its clock", async (codec, encoder) => {
  const directory = mkdtempSync(join(tmpdir(), "overt-rtp-"));
  const [rtp, rtcp] = [await bound(), await bound()];
  try {
    const file = join(directory, "sent.mp4");
    const source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=2", "-pix_fmt", "yuv420p"];
    execFileSync("ffmpeg", ["-v", "error", ...source, ...encoder, "-preset", "ultrafast", "-g", "25", file]);
    const format = codec === "h264" ? "h264" : "hevc";
    const filtered = ["-v", "error", "-i", file, "-c", "copy", "-bsf:v", `${format}_mp4toannexb`];
    const sent = splitAnnexB(execFileSync("ffmpeg", [...filtered, "-f", format, "-"], { maxBuffer: 1 << 26 }));

    const [packets, reports]: [Buffer[], Buffer[]] = [[], []];
    const all = Promise.all([collect(rtp, packets), collect(rtcp, reports)]);
    const url = `rtp://127.0.0.1:${rtp.address().port}?rtcpport=${rtcp.address().port}`;
    const sender = spawn("ffmpeg", ["-readrate", "4", ...filtered, "-payload_type", "96", "-f", "rtp", url], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await once(sender, "close")).toEqual([0, null]);
    rtp.send(END, rtcp.address().port, "127.0.0.1");
    rtp.send(END, rtp.address().port, "127.0.0.1");
    await all;

    const stream = new SampleStream(codec);
    packets.forEach((packet, n) => {
      if (n === 1) stream.receiver.rtcp(reports[0]!, n);
      stream.receiver.rtp(packet, n);
    });
    stream.receiver.flush();
    const got = stream.units.flatMap((unit) => unit.nals.map(toHex));
    expect(got).toEqual(sent.map(toHex));
    expect(stream.units).toHaveLength(50);
    expect(new Set(stream.units.map((unit) => unit.rtpTime)).size).toBe(50);
    expect(Math.abs(Date.now() - stream.units[49]!.ntpMs!)).toBeLessThan(60_000);
    expect(stream.receiver.statistics.lostPackets).toBe(0);
    expect(stream.receiver.tolerated).toEqual({});
  } finally {
    rtp.close();
    rtcp.close();
    rmSync(directory, { recursive: true });
  }
});
