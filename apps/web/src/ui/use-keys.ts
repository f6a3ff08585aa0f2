import { type HotkeyItem, useHotkeys, useLocalStorage } from "@mantine/hooks";

/** Single-character keys can be switched off: dictation and shaky hands press them by mistake (WCAG 2.2 2.1.4). */
export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useLocalStorage({ key: "overt-single-keys", defaultValue: true, getInitialValueInEffect: false });
  return [on, setOn];
}

/** Keys of a page: never while typing, never behind a dialog, and Enter or Space on a button stay the button's own. */
export function useKeys(keys: readonly (readonly [string, () => void])[]): void {
  const [singleKeys] = useSingleKeys();
  useHotkeys(
    keys.map(
      ([key, act]): HotkeyItem => [
        key,
        (event) => {
          if (isDialogOpen() || (!singleKeys && isCharacter(event))) return;
          if (/^(Enter| )$/.test(event.key) && isControl(event.target)) return;
          event.preventDefault();
          act();
        },
        { preventDefault: false },
      ],
    ),
  );
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
