import { asOvertError } from "@overt/core";
import { Warning } from "./warning.tsx";

/** What went wrong and what to do, as the code of whoever refused it says. */
export function ProblemText({ error }: { error: unknown }) {
  const { code, message, hint } = asOvertError(error);
  return (
    <Warning title={message}>
      {hint} <code>{code}</code>
    </Warning>
  );
}
