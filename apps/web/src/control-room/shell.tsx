import { ActionIcon, Group, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconHeartbeat, IconLayoutGrid, IconMoon, IconSearch, IconSun, IconUserCircle } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { useCentreView } from "../ui/centre/react.ts";
import { ClockSwitch } from "../ui/clock.tsx";
import { faultsOf } from "../ui/faults.ts";
import { fill, t } from "../ui/messages/format.ts";
import { Banners } from "./banners.tsx";
import { openPalette, Palette } from "./palette.tsx";
import { useMe } from "./session/me.ts";
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
          <FindButton />
          <ClockSwitch />
          <ThemeSwitch />
          <Account />
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
  const bad = cameras.filter((camera) => faultsOf(camera).length > 0).length;
  if (bad === 0) return null;
  return (
    <span className={classes.faults}>
      {bad}
      <span className="visually-hidden"> {fill(t.nav.faults, { n: bad })}</span>
    </span>
  );
}

function FindButton() {
  return (
    <Tooltip label={t.nav.find}>
      <ActionIcon variant="subtle" size="lg" aria-label={t.nav.find} onClick={openPalette}>
        <IconSearch size={20} />
      </ActionIcon>
    </Tooltip>
  );
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

function Account() {
  const { data } = useMe();
  if (!data) return null;
  const label = fill(t.nav.account, { name: data.account.name });
  return (
    <Tooltip label={label}>
      <Link to="/account" className={classes.link ?? ""} activeProps={{ "data-active": true }} aria-label={label}>
        <IconUserCircle size={20} aria-hidden /> <span className={classes.account}>{data.account.name}</span>
      </Link>
    </Tooltip>
  );
}
