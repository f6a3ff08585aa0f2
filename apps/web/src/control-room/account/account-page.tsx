import { Button, Card, SegmentedControl, Stack, Switch, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconLogout } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../ui/api.ts";
import { fill, t, titleOf } from "../../ui/messages/format.ts";
import { dateTimeText, zoneText } from "../../ui/time.ts";
import { useSingleKeys } from "../../ui/use-keys.ts";
import { useNow } from "../../ui/use-now.ts";
import { useZone } from "../../ui/use-zone.ts";
import { useMe } from "../session/me.ts";
import classes from "./account.module.css";
import { DisplaySettings } from "./display-settings.tsx";
import { Passkeys } from "./passkeys.tsx";

/** Who is logged in and how; and what this machine is set to. */
export function AccountPage() {
  useDocumentTitle(titleOf(t.account.title));
  return (
    <Stack className={classes.page ?? ""} gap="md">
      <Title order={1} size="h3">
        {t.account.title}
      </Title>
      <Session />
      <Passkeys />
      <Reading />
      <DisplaySettings />
    </Stack>
  );
}

function Session() {
  const { data } = useMe();
  const { zone } = useZone();
  const queries = useQueryClient();
  const logout = useMutation({
    mutationFn: () => call("POST", "/api/logout"),
    onSettled: () => queries.resetQueries({ queryKey: ["me"] }),
  });
  if (!data) return null;
  return (
    <Card withBorder component="section" aria-label={data.account.name}>
      <Text fw={700} size="lg">
        {data.account.name}
      </Text>
      <Text my="xs">
        {fill(t.account.until, { time: `${dateTimeText(data.endsAt, zone)} ${zoneText(data.endsAt, zone)}` })}
      </Text>
      <Button
        variant="default"
        leftSection={<IconLogout size={18} aria-hidden />}
        loading={logout.isPending}
        onClick={() => logout.mutate()}
        className={classes.act ?? ""}
      >
        {t.account.logout}
      </Button>
    </Card>
  );
}

function Reading() {
  const now = useNow(1000);
  const { zone, site, setUtc } = useZone();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Card withBorder component="section" aria-label={t.account.reading}>
      <Title order={2} size="h5" mb="xs">
        {t.account.reading}
      </Title>
      {site !== "UTC" && (
        <SegmentedControl
          mb="md"
          aria-label={t.account.zone}
          value={zone === "UTC" ? "utc" : "site"}
          data={[
            { value: "site", label: `${t.account.site} (${site}, ${zoneText(now, site)})` },
            { value: "utc", label: "UTC" },
          ]}
          onChange={(value) => setUtc(value === "utc")}
        />
      )}
      <Switch
        label={t.account.singleKeys}
        description={t.account.singleKeysHint}
        checked={singleKeys}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
      />
    </Card>
  );
}
