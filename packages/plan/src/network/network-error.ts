import { OvertError } from "@overt/core";

/** Why a reckoning of network, storage or machines was refused. */
export type NetworkErrorCode =
  /** A figure that cannot be. */
  | "NETWORK_FIGURE_INVALID"
  /** A camera's way names a link that is not there. */
  | "NETWORK_LINK_UNKNOWN"
  /** This is not a file of `bench/results`, or it lacks the rows that are needed. */
  | "BENCH_RESULT_INVALID";

export function networkError(code: NetworkErrorCode, message: string, hint?: string): OvertError {
  return new OvertError(code, message, hint === undefined ? {} : { hint });
}

/** @throws OvertError `NETWORK_FIGURE_INVALID` unless `value` is a finite number from `least` to `most` */
export function checkFigure(name: string, value: number, least = 0, most = Number.POSITIVE_INFINITY): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  throw networkError("NETWORK_FIGURE_INVALID", `${name} is ${value}; it must be ${range}.`);
}
