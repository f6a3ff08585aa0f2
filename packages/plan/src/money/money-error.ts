import { OvertError } from "@overt/core";

/** Why a sum was refused. */
export type MoneyErrorCode =
  /** Not an amount, or with more digits than the currency has. */
  | "MONEY_INVALID"
  /** Above what whole numbers hold exactly: 90 thousand billion of a currency with cents. */
  | "MONEY_TOO_LARGE"
  /** Two currencies, and no rate between them. */
  | "MONEY_CURRENCY_DIFFERS"
  | "BILL_ITEM_UNKNOWN"
  | "BILL_QUANTITY_INVALID"
  | "PHASE_UNKNOWN"
  | "PHASE_CAMERA_UNKNOWN"
  | "PHASE_TWICE"
  | "LIFE_FIGURE_INVALID";

export function moneyError(code: MoneyErrorCode, message: string, hint?: string): OvertError {
  return new OvertError(code, message, hint === undefined ? {} : { hint });
}
