import { getHotkeyHandler, useLocalStorage } from "@mantine/hooks";
import { useLayoutEffect, useRef } from "react";

/** Single-character keys can be switched off: dictation and shaky hands press them by mistake (WCAG 2.2 2.1.4). */
export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useLocalStorage({ key: "overt-single-keys", defaultValue: true, getInitialValueInEffect: false });
  return [on, setOn];
}

/**
 * Keys of a page: never while typing, never behind a dialog, and Enter or Space on a button stay the button's own. They
 * count from the moment the page is drawn: a practised hand is faster than an effect that waits for the next one.
 */
export function useKeys(keys: readonly (readonly [string, () => void])[]): void {
  const [singleKeys] = useSingleKeys();
  const latest = useRef({ keys, singleKeys });
  latest.current = { keys, singleKeys };
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const now = latest.current;
      if (isTyping(event.target) || isDialogOpen() || (!now.singleKeys && isCharacter(event))) return;
      if (/^(Enter| )$/.test(event.key) && isControl(event.target)) return;
      getHotkeyHandler(now.keys.map(([key, act]) => [key, act]))(event);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

let wasDialogOpen = false;
// Before a dialog hears of it: Esc closes the dialog, and the page behind it must not take that Esc as its own.
addEventListener(
  "keydown",
  () => {
    wasDialogOpen = document.querySelector("[role=dialog]") !== null;
  },
  { capture: true },
);

/** Whether a dialog was open when the key was pressed that is being dealt with. */
export const isDialogOpen = (): boolean => wasDialogOpen;

export const isCharacter = ({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean =>
  key.length === 1 && !ctrlKey && !altKey && !metaKey;

/** Enter on a button or link does what it says. */
export function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, summary, [role=button], [role=dialog]") !== null;
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
