import { Alert } from "@mantine/core";
import { asOvertError } from "@overt/core";
import { IconAlertTriangle } from "@tabler/icons-react";

/** What went wrong and what to do, as the code of whoever refused it says. */
export function ProblemText({ error }: { error: unknown }) {
  const { code, message, hint } = asOvertError(error);
  return (
    <Alert color="yellow" role="alert" icon={<IconAlertTriangle aria-hidden />} title={message}>
      {hint} <code>{code}</code>
    </Alert>
  );
}
