import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { OvertError } from "@overt/core";
import { type RtspUrl, streamFailure } from "@overt/media/rtsp";
import { otherCertificate, type PeerTls, tlsOptions } from "../tls.ts";

export interface CameraSocketEvents {
  open(): void;
  /** Bytes are valid until the call returns: all cameras are read into one buffer. */
  bytes(bytes: Uint8Array): void;
  /** Once; nothing comes after it. `null`: the camera closed it in order. */
  closed(error: OvertError | null): void;
}

export interface CameraSocket {
  /** The address that was connected to; empty before. */
  readonly address: string;
  write(bytes: Uint8Array): void;
  /** Sends what was written, then closes; destroys it if that takes long. No event comes any more. */
  leave(): void;
}

const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);
const CONNECT_TIMEOUT_MS = 8_000;
const LEAVE_TIMEOUT_MS = 500;

/** A connection to a camera, over TLS if its URL says `rtsps`. */
export function openCameraSocket(url: RtspUrl, tls: PeerTls, events: CameraSocketEvents): CameraSocket {
  let quiet = false;
  const close = (error: OvertError | null) => {
    if (quiet) return;
    quiet = true;
    clearTimeout(timer);
    socket.destroy();
    events.closed(error);
  };
  const onread = {
    buffer: READ_BUFFER,
    callback: (bytes: number) => {
      if (!quiet) events.bytes(READ_BUFFER.subarray(0, bytes));
      return true;
    },
  };
  const host = url.host.replace(/^\[|\]$/g, "");
  const to = { host, port: url.port, noDelay: true, onread };
  const socket: Socket = url.secure ? connectTls({ ...to, ...tlsOptions(host, tls) }) : connect(to);
  const timer = setTimeout(
    () => close(streamFailure("CAMERA_UNREACHABLE", `${url.host}:${url.port} did not take the connection in time.`)),
    CONNECT_TIMEOUT_MS,
  );
  socket.on(url.secure ? "secureConnect" : "connect", () => {
    if (quiet) return;
    clearTimeout(timer);
    const other = url.secure ? otherCertificate(socket as TLSSocket, tls) : null;
    if (other === null) events.open();
    else close(streamFailure("TLS_UNTRUSTED", `${url.host} shows another certificate than the pinned one: ${other}.`));
  });
  socket.on("error", (error) => close(socketFailure(error, url)));
  socket.on("end", () => close(null));
  socket.on("close", () => close(null));
  return {
    get address() {
      return socket.remoteAddress ?? "";
    },
    write: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    leave: () => {
      quiet = true;
      clearTimeout(timer);
      socket.end();
      setTimeout(() => socket.destroy(), LEAVE_TIMEOUT_MS).unref();
    },
  };
}

function socketFailure(error: Error & { code?: string }, url: RtspUrl): OvertError {
  const at = `${url.host}:${url.port}`;
  const code = error.code ?? "";
  if (code === "ECONNREFUSED") return streamFailure("CAMERA_REFUSED", `${at} refuses connections.`, error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return streamFailure("CAMERA_NAME_UNKNOWN", `The name ${url.host} has no address.`, error);
  if (code === "ECONNRESET" || code === "EPIPE")
    return streamFailure("CAMERA_CLOSED", `${at} broke off the connection.`, error);
  if (code === "EPROTO" || code.startsWith("ERR_SSL_"))
    return streamFailure("RTSP_NOT_SPOKEN", `${at} does not speak TLS.`, error);
  if (/CERT|SIGNATURE|ISSUER|TLS/.test(code))
    return streamFailure("TLS_UNTRUSTED", `The certificate of ${at} is not trusted (${code}).`, error);
  return streamFailure("CAMERA_UNREACHABLE", `${at} cannot be reached (${code || error.message}).`, error);
}
