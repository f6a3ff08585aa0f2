import { Card, Group, Loader, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useCentreView } from "../../ui/centre/react.ts";
import type { RecorderSeen } from "../../ui/centre/centre.ts";
import { faultsOf } from "../../ui/faults.ts";
import { fill, t, titleOf } from "../../ui/messages/format.ts";
import { dateTimeText } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import { useZone } from "../../ui/use-zone.ts";
import { useMe } from "../session/me.ts";
import { CameraTable } from "./camera-table.tsx";
import { DemoOutageCard } from "./demo-outage.tsx";
import classes from "./health.module.css";
import { PowerCard } from "./power-card.tsx";
import { StateWord } from "./state-word.tsx";

export function HealthPage() {
  useDocumentTitle(titleOf(t.health.title));
  const { cameras, recorders, known } = useCentreView();
  const plug = useMe().data?.plug ?? false;
  if (!known)
    return (
      <div className={classes.notice} role="status">
        <Loader aria-hidden /> {t.wall.loading}
      </div>
    );
  if (recorders.length === 0) return <div className={classes.notice}>{t.health.noRecorder}</div>;
  const bad = cameras.filter((camera) => faultsOf(camera).length > 0).length;
  return (
    <Stack className={classes.page ?? ""} gap="lg">
      <Title order={1} size="h3">
        {t.health.title}
      </Title>
      <div className={classes.summary} role="status">
        <StateWord
          state={bad === 0 ? "ok" : "degraded"}
          text={
            bad === 0 ? fill(t.health.allWell, { n: cameras.length }) : fill(t.health.some, { bad, n: cameras.length })
          }
        />
      </div>
      <CameraTable cameras={cameras} />
      {recorders.map((recorder) => (
        <Recorder key={recorder.status.recorder} plug={plug} {...recorder} />
      ))}
    </Stack>
  );
}

function Recorder({ plug, connected, heardAt, status }: RecorderSeen & { plug: boolean }) {
  const { anonymiser, parts, volumes, trustedTime, roster, cameras } = status;
  const { zone } = useZone();
  const now = useNow();
  const waiting = cameras.filter(({ id }) => anonymiser.waiting.includes(id));
  return (
    <section aria-label={status.recorder}>
      <Title order={2} size="h4" mb="xs">
        {status.recorder}
      </Title>
      {!connected && (
        <StateWord
          state="failed"
          text={fill(t.health.recorderLost, {
            id: status.recorder,
            time: heardAt === null ? "?" : dateTimeText(heardAt, zone),
          })}
        />
      )}
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <PowerCard power={status.power} zone={zone} now={now} />
        <Card withBorder>
          <Title order={3} size="h5">
            {t.health.room}
          </Title>
          <Text my="xs">
            {fill(t.health.roomUse, {
              used: Math.round(anonymiser.usedMsPerS),
              budget: Math.round(anonymiser.budgetMsPerS),
            })}
          </Text>
          <Progress
            size="lg"
            aria-label={t.health.room}
            value={
              anonymiser.budgetMsPerS === 0 ? 0 : Math.min(100, (100 * anonymiser.usedMsPerS) / anonymiser.budgetMsPerS)
            }
          />
          {waiting.length > 0 && (
            <StateWord
              state="degraded"
              text={fill(t.health.waiting, { cameras: waiting.map(({ name }) => name).join(", ") })}
            />
          )}
        </Card>
        <Card withBorder>
          <Title order={3} size="h5">
            {t.health.parts}
          </Title>
          <ul className={classes.parts}>
            {parts.map((part) => (
              <li key={part.name}>
                <Group justify="space-between" wrap="nowrap">
                  <span>{part.name}</span>
                  <StateWord state={part.state} text={t.health.state[part.state]} />
                </Group>
                {part.restarts > 0 && <small>{fill(t.health.restarts, { n: part.restarts })}. </small>}
                {part.message && <small>{part.message}</small>}
              </li>
            ))}
          </ul>
        </Card>
        <Card withBorder>
          <Title order={3} size="h5">
            {t.health.volumes}
          </Title>
          <ul className={classes.parts}>
            {volumes.map((volume) => (
              <li key={volume.name}>
                <Group justify="space-between" wrap="nowrap">
                  <span>{volume.name}</span>
                  <StateWord state={volume.state} text={t.health.state[volume.state]} />
                </Group>
                <small>
                  {fill(t.health.free, {
                    free: bytesText(volume.freeBytes),
                    used: bytesText(volume.usedBytes),
                    latency: Math.round(volume.ackLatencyMs),
                  })}
                </small>
                {volume.message && <small>{volume.message}</small>}
              </li>
            ))}
            <li>
              <Group justify="space-between" wrap="nowrap">
                <span>{t.health.trustedTime}</span>
                <StateWord state={trustedTime.doubt ? "degraded" : "ok"} text={trustedTime.doubt ?? t.health.timeOk} />
              </Group>
            </li>
            <li>
              <Group justify="space-between" wrap="nowrap">
                <span>{t.health.roster}</span>
                <StateWord
                  state={roster.problem ? "degraded" : "ok"}
                  text={roster.problem ?? fill(t.health.rosterText, { n: roster.custodians, version: roster.version })}
                />
              </Group>
            </li>
          </ul>
        </Card>
        {plug && <DemoOutageCard site={status.site} />}
      </SimpleGrid>
    </section>
  );
}

function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power > 2 ? 1 : 0)} ${units[power]}`;
}
