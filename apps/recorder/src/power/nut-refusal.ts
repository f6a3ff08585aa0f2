import { OvertError } from "@overt/core";

/** What was asked when `upsd` refused. */
export interface Refused {
  readonly ups: string;
  readonly command: string;
}

/** `ERR <word>` of `upsd` (RFC 9271) as an error that says what to do. */
export function refusal(word: string, { ups, command }: Refused): OvertError {
  const login = ["USERNAME", "PASSWORD", "LOGIN"].includes(command);
  switch (word) {
    case "UNKNOWN-UPS":
      return new OvertError("UPS_UNKNOWN", `The UPS server knows no UPS "${ups}".`, {
        hint: "`upsc -l HOST` lists the names it knows; write one of them as upsName.",
      });
    case "DATA-STALE":
      return new OvertError("UPS_DATA_STALE", `The UPS server has heard nothing new of "${ups}".`, {
        hint: "Check the UPS's cable, and the driver's log.",
      });
    case "DRIVER-NOT-CONNECTED":
      return new OvertError("UPS_DRIVER_AWAY", `The driver of "${ups}" is not running.`, {
        hint: "Start it: `upsdrvctl start`, or the service nut-driver.",
      });
    case "FEATURE-NOT-SUPPORTED":
    case "FEATURE-NOT-CONFIGURED":
      return new OvertError(
        "UPS_TLS_NOT_OFFERED",
        "The UPS server offers no encryption, and the configuration asks for it.",
        {
          hint: "Give upsd a certificate (CERTFILE or CERTPATH in upsd.conf), or take `tls` out.",
        },
      );
    case "ACCESS-DENIED":
    case "INVALID-PASSWORD":
    case "INVALID-USERNAME":
    case "USERNAME-REQUIRED":
    case "PASSWORD-REQUIRED":
      return login
        ? new OvertError("UPS_LOGIN_REFUSED", "The UPS server refuses our user name or password.", {
            hint: "Compare them with upsd.users; the user needs `upsmon secondary`.",
          })
        : new OvertError("UPS_ACCESS_DENIED", `The UPS server does not let this machine read "${ups}".`, {
            hint: "Check LISTEN in upsd.conf and its firewall.",
          });
    default:
      return new OvertError("UPS_REFUSED", `The UPS server refuses ${command}: ${word.slice(0, 60) || "no reason"}.`);
  }
}
