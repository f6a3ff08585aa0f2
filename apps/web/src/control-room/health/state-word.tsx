import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHourglass } from "@tabler/icons-react";
import classes from "./health.module.css";

const ICONS = { ok: IconCircleCheck, starting: IconHourglass, degraded: IconAlertTriangle, failed: IconCircleX };

/** A state as icon and word. */
export function StateWord({ state, text }: { state: keyof typeof ICONS; text: string }) {
  const Icon = ICONS[state];
  return (
    <span className={classes.state} data-state={state}>
      <Icon size={18} aria-hidden />
      {text}
    </span>
  );
}
