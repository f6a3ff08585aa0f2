import type { Socket } from "node:dgram";
import { createSocket } from "node:dgram";
import { OvertError } from "@overt/core";

/** A pair of neighbouring UDP ports, RTP on the even one and RTCP above it (RFC 3550 §11). */
export interface UdpPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly rtpPort: number;
  close(): void;
}

/** @throws OvertError `SIM_PORTS` when no pair is free. */
export async function openUdpPair(): Promise<UdpPair> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const rtp = await bind(0);
    const port = rtp?.address().port ?? 0;
    const rtcp = rtp && port % 2 === 0 ? await bind(port + 1) : undefined;
    if (rtp && rtcp) return pair(rtp, rtcp, port);
    rtp?.close();
  }
  throw new OvertError("SIM_PORTS", "No pair of free UDP ports was found.");
}

function pair(rtp: Socket, rtcp: Socket, rtpPort: number): UdpPair {
  // A client that has gone answers with ICMP; the session's own timeout ends it.
  for (const socket of [rtp, rtcp]) socket.on("error", () => undefined);
  return {
    rtp,
    rtcp,
    rtpPort,
    close() {
      rtp.close();
      rtcp.close();
    },
  };
}

function bind(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(undefined));
    socket.bind(port, () => resolve(socket));
  });
}
