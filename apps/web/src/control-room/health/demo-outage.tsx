import { Button, Card, Group, Progress, Text, Title } from "@mantine/core";
import { DemoOutage } from "@overt/link";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconPlugX } from "@tabler/icons-react";
import { call } from "../../ui/api.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { ProblemText } from "../../ui/problem-text.tsx";
import { useNow } from "../../ui/use-now.ts";

const PATH = "/api/demo/outage";
const KEY = ["demo-outage"];
const SECONDS = 90;
const LOOK_MS = 1_000;

/** The plug of the demo's site: there is none in a real installation. */
export function DemoOutageCard({ site }: { site: string }) {
  const client = useQueryClient();
  const now = useNow();
  const state = useQuery({
    queryKey: KEY,
    queryFn: () => call("GET", PATH, { shape: DemoOutage }),
    refetchInterval: LOOK_MS,
  });
  const cut = useMutation({
    mutationFn: () => call("POST", PATH, { body: { site, seconds: SECONDS }, shape: DemoOutage }),
    onSuccess: (begun) => client.setQueryData(KEY, begun),
  });
  const phase = state.data?.phase ?? "on_line";
  const until = state.data?.until ?? null;
  const leftS = until === null ? 0 : Math.max(0, Math.round((until - now) / 1_000));
  return (
    <Card withBorder component="section" aria-label={t.power.demoTitle}>
      <Title order={3} size="h5">
        {t.power.demoTitle}
      </Title>
      <Text my="xs">{fill(t.power.demoText, { seconds: SECONDS })}</Text>
      <Group>
        <Button
          leftSection={<IconPlugX size={18} aria-hidden />}
          disabled={phase !== "on_line" || cut.isPending}
          loading={cut.isPending}
          onClick={() => cut.mutate()}
        >
          {fill(t.power.demoCut, { seconds: SECONDS })}
        </Button>
        <Text role="status">{fill(t.power.demoPhase[phase], { seconds: leftS })}</Text>
      </Group>
      {until !== null && (
        <Progress
          mt="xs"
          size="lg"
          aria-label={t.power.demoTitle}
          value={Math.min(100, 100 - (100 * leftS) / SECONDS)}
        />
      )}
      {(cut.error ?? state.error) && <ProblemText error={cut.error ?? state.error} />}
    </Card>
  );
}
