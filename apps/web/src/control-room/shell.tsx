import { ActionIcon, Group, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconHeartbeat, IconLayoutGrid, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { call } from "../ui/api.ts";
import { useCentreView } from "../ui/centre/react.ts";
import { Clock } from "../ui/clock.tsx";
import { t } from "../ui/messages/format.ts";
import { Banners } from "./banners.tsx";
import { Palette } from "./palette.tsx";
import classes from "./shell.module.css";

/** Bar, banners and the page under them. */
export function Shell() {
  return (
    <div className={classes.shell}>
      <a className="skip" href="#page">
        {t.nav.skip}
      </a>
      <header className={classes.bar}>
        <span className={classes.brand}>{t.product}</span>
        <nav className={classes.nav} aria-label={t.controlRoom}>
          <Link
            to="/"
            className={classes.link ?? ""}
            activeProps={{ "data-active": true }}
            activeOptions={{ exact: true }}
          >
            <IconLayoutGrid size={20} aria-hidden /> <span>{t.nav.wall}</span>
          </Link>
          <Link to="/health" className={classes.link ?? ""} activeProps={{ "data-active": true }}>
            <IconHeartbeat size={20} aria-hidden /> <span>{t.nav.health}</span>
            <Faults />
          </Link>
        </nav>
        <Group gap="xs" ms="auto" wrap="nowrap">
          <Clock />
          <ThemeSwitch />
          <Logout />
        </Group>
      </header>
      <Banners />
      <main id="page" className={classes.page} tabIndex={-1}>
        <Outlet />
      </main>
      <Palette />
    </div>
  );
}

function Faults() {
  const { cameras } = useCentreView();
  const bad = cameras.filter((camera) => camera.problem !== null || !camera.recorderConnected).length;
  return bad === 0 ? null : <span className={classes.faults}>{bad}</span>;
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("dark") === "dark";
  const label = dark ? t.theme.toLight : t.theme.toDark;
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" size="lg" aria-label={label} onClick={() => setColorScheme(dark ? "light" : "dark")}>
        {dark ? <IconSun size={20} /> : <IconMoon size={20} />}
      </ActionIcon>
    </Tooltip>
  );
}

function Logout() {
  const queries = useQueryClient();
  const logout = useMutation({
    mutationFn: () => call("POST", "/api/logout"),
    onSettled: () => queries.resetQueries({ queryKey: ["me"] }),
  });
  return (
    <Tooltip label={t.nav.logout}>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={t.nav.logout}
        loading={logout.isPending}
        onClick={() => logout.mutate()}
      >
        <IconLogout size={20} />
      </ActionIcon>
    </Tooltip>
  );
}
