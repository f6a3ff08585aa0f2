import { Modal, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure, useHotkeys, useWindowEvent } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useCentreView } from "../ui/centre/react.ts";
import { t } from "../ui/messages/format.ts";
import classes from "./palette.module.css";

interface Entry {
  readonly key: string;
  readonly text: string;
  readonly go: () => void;
}

const MOST = 12;
const OPEN = "overt-palette";

/** For those without a keyboard. */
export const openPalette = (): void => void dispatchEvent(new Event(OPEN));

/** Ctrl+K: cameras by number or name, and pages. */
export function Palette() {
  const [open, { open: show, close }] = useDisclosure(false);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  useHotkeys([["mod+K", show]], []);
  useWindowEvent(OPEN, show);
  const entries = useEntries(text, () => {
    close();
    setText("");
  });
  const move = (step: number): void => setAt((before) => Math.min(Math.max(before + step, 0), entries.length - 1));
  return (
    <Modal
      opened={open}
      onClose={close}
      title={t.palette.title}
      size="md"
      closeButtonProps={{ "aria-label": t.shortcuts.close }}
    >
      <TextInput
        autoFocus
        data-autofocus
        aria-label={t.palette.placeholder}
        placeholder={t.palette.placeholder}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter") entries[at]?.go();
          else return;
          event.preventDefault();
        }}
      />
      <ul className={classes.list}>
        {entries.map((entry, i) => (
          <li key={entry.key}>
            <UnstyledButton className={classes.entry} data-active={i === at || undefined} onClick={entry.go}>
              {entry.text}
            </UnstyledButton>
          </li>
        ))}
        {entries.length === 0 && <li>{t.palette.empty}</li>}
      </ul>
    </Modal>
  );
}

function useEntries(text: string, done: () => void): Entry[] {
  const { cameras } = useCentreView();
  const navigate = useNavigate();
  const wanted = text.trim().toLowerCase();
  const pages = [
    { key: "wall", text: t.nav.wall, to: "/" },
    { key: "health", text: t.nav.health, to: "/health" },
    { key: "account", text: t.account.title, to: "/account" },
  ] as const;
  const found: Entry[] = cameras
    .filter(({ number, name }) => String(number).startsWith(wanted) || name.toLowerCase().includes(wanted))
    .map(({ id, number, name }) => ({
      key: id,
      text: `${number}  ${name}`,
      go: () => {
        done();
        // From one camera to another the time that is looked at stays (C44).
        const at = new URLSearchParams(location.search).get("at");
        const search = at !== null && location.pathname.startsWith("/camera/") ? { at } : {};
        void navigate({ to: "/camera/$id", params: { id }, search });
      },
    }));
  const matching = pages
    .filter((page) => page.text.toLowerCase().includes(wanted))
    .map((page) => ({
      key: page.key,
      text: page.text,
      go: () => {
        done();
        void navigate({ to: page.to });
      },
    }));
  return [...found, ...matching].slice(0, MOST);
}
