import { createSocket, type Socket } from "node:dgram";
import type { UdpPorts } from "@overt/media/rtsp";
import { streamFailure } from "@overt/media/rtsp";

/** Two UDP sockets on neighbouring ports, the even one for RTP (RFC 3550 §11). */
export interface UdpPair {
  readonly ports: UdpPorts;
  close(): void;
}

const MOST_TRIES = 20;
/** Holds a key picture of a camera that sends it in one burst. */
const RECEIVE_BUFFER_BYTES = 1_048_576;

/**
 * Opens a pair that takes packets from one host alone.
 *
 * @param from  the address that the camera was reached at
 * @throws OvertError `UDP_PORTS_UNAVAILABLE`
 */
export async function openUdpPair(
  from: string,
  receive: (kind: "rtp" | "rtcp", packet: Uint8Array) => void,
): Promise<UdpPair> {
  let reason: unknown;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const first = udpSocket(from, (packet) => receive("rtp", packet));
    const second = udpSocket(from, (packet) => receive("rtcp", packet));
    const close = () => {
      first.close();
      second.close();
    };
    try {
      const rtp = await bind(first, 0);
      if (rtp % 2 === 0) {
        await bind(second, rtp + 1);
        return { ports: { rtp, rtcp: rtp + 1 }, close };
      }
    } catch (thrown) {
      reason = thrown;
    }
    close();
  }
  throw streamFailure("UDP_PORTS_UNAVAILABLE", "No two neighbouring UDP ports are free on this machine.", reason);
}

function udpSocket(from: string, receive: (packet: Uint8Array) => void): Socket {
  const host = plainAddress(from);
  const socket = createSocket({
    type: host.includes(":") ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  socket.on("message", (packet, { address }) => {
    if (plainAddress(address) === host) receive(packet);
  });
  return socket;
}

function bind(socket: Socket, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, () => {
      socket.off("error", reject);
      // A port that the camera does not listen on answers by ICMP; the RTSP connection tells what that means.
      socket.on("error", () => socket.unref());
      resolve(socket.address().port);
    });
  });
}

/** An IPv4 address within IPv6 as IPv4, and no interface behind a link-local one. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
