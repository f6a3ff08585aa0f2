import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** The words in the colour of all text: the warning's own is too pale to read on a light page. */
const READABLE = { title: { color: "inherit" }, root: { color: "var(--mantine-color-text)" } };

/** What is wrong, and below it what to do. */
export function Warning({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Alert color="yellow" role="alert" icon={<IconAlertTriangle aria-hidden />} title={title} styles={READABLE}>
      {children}
    </Alert>
  );
}
