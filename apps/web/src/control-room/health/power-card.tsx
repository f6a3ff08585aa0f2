import { Card, Group, Progress, Text, Title } from "@mantine/core";
import { type Instant, minutes } from "@overt/core";
import type { PowerStatus } from "@overt/link";
import { fill, t } from "../../ui/messages/format.ts";
import { outageText } from "../../ui/power.ts";
import { lengthText, type Zone } from "../../ui/time.ts";
import classes from "./health.module.css";
import { StateWord } from "./state-word.tsx";

const MOST_OUTAGES = 10;
const LOW_MS = minutes(5);

/** What a site's power does, what is given up for it, and which outages there were. */
export function PowerCard({ power, zone, now }: { power: PowerStatus; zone: Zone; now: Instant }) {
  const { watched, ups, shed, safeStopInMs, outages, problems } = power;
  return (
    <Card withBorder component="section" aria-label={t.power.title}>
      <Title order={3} size="h5">
        {t.power.title}
      </Title>
      {!watched && <Text my="xs">{t.power.unwatched}</Text>}
      <ul className={classes.parts}>
        {ups.map((each) => (
          <li key={each.name}>
            <Group justify="space-between" wrap="nowrap">
              <span>
                {each.name} <small className={classes.inline}>{t.power.feeds[each.feeds]}</small>
              </span>
              <StateWord state={stateOf(each)} text={statesText(each.states)} />
            </Group>
            {each.chargePercent !== null && (
              <Progress
                size="lg"
                aria-label={fill(t.power.charge, { percent: Math.round(each.chargePercent) })}
                value={each.chargePercent}
              />
            )}
            <small>{figuresOf(each)}</small>
            {each.problem && (
              <small>
                {each.problem.message} {each.problem.hint}
              </small>
            )}
          </li>
        ))}
      </ul>
      {shed.length > 0 && (
        <StateWord
          state="degraded"
          text={fill(t.power.shed, { what: shed.map((rung) => t.power.rung[rung]).join(", ") })}
        />
      )}
      {safeStopInMs !== null && safeStopInMs > 0 && (
        <StateWord state="degraded" text={fill(t.power.safeStop, { length: lengthText(safeStopInMs) })} />
      )}
      {problems.map(({ code, severity, message, hint }) => (
        <StateWord key={code} state={severity === "high" ? "failed" : "degraded"} text={`${message} ${hint ?? ""}`} />
      ))}
      <Title order={4} size="h6" mt="sm">
        {t.power.outages}
      </Title>
      {outages.length === 0 && <Text>{t.power.noOutages}</Text>}
      <ol className={classes.parts}>
        {outages.slice(0, MOST_OUTAGES).map((outage) => (
          <li key={outage.start}>{outageText(outage, zone, now)}</li>
        ))}
      </ol>
    </Card>
  );
}

type Ups = PowerStatus["ups"][number];

function stateOf({ supply, states, problem, runtimeMs }: Ups): "ok" | "degraded" | "failed" {
  if (supply === "low" || supply === "forced_shutdown" || states.includes("lost_contact")) return "failed";
  if (supply === "on_battery") return runtimeMs !== null && runtimeMs < LOW_MS ? "failed" : "degraded";
  return problem || supply === "unknown" || states.length > 1 ? "degraded" : "ok";
}

const statesText = (states: readonly string[]): string =>
  states.length === 0
    ? t.power.state.unknown
    : states.map((state) => (t.power.state as Record<string, string>)[state] ?? state).join(", ");

function figuresOf({ chargePercent, runtimeMs, loadPercent, inputVolts }: Ups): string {
  return [
    chargePercent !== null && fill(t.power.charge, { percent: Math.round(chargePercent) }),
    runtimeMs !== null && fill(t.power.left, { length: lengthText(runtimeMs) }),
    loadPercent !== null && fill(t.power.load, { percent: Math.round(loadPercent) }),
    inputVolts !== null && fill(t.power.volts, { volts: Math.round(inputVolts) }),
  ]
    .filter((text) => text !== false)
    .join(" · ");
}
