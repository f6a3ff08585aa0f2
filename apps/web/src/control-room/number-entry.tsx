import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { fill, t } from "../ui/messages/format.ts";
import { isControl, isDialogOpen, isTyping, useSingleKeys } from "../ui/use-keys.ts";
import classes from "./number-entry.module.css";

const MOST_DIGITS = 8;
const FORGET_AFTER_MS = 4_000;

/**
 * Digits and Enter call up a camera from anywhere but a text field. The number is shown large while it is typed; a wrong
 * one says so and changes nothing (C1).
 */
export function NumberEntry({
  onNumber,
  onEnterAlone = () => {},
}: {
  onNumber: (number: number) => boolean;
  onEnterAlone?: () => void;
}) {
  const [digits, setDigits] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [singleKeys] = useSingleKeys();
  // Beside the state: two keys may come before React draws once.
  const typed = useRef("");
  const latest = useRef({ onNumber, onEnterAlone, singleKeys });
  latest.current = { onNumber, onEnterAlone, singleKeys };

  useLayoutEffect(() => {
    const type = (text: string): void => {
      typed.current = text;
      setDigits(text);
    };
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || isDialogOpen()) return;
      const now = latest.current;
      if (/^\d$/.test(event.key) && now.singleKeys) {
        setWrong(null);
        type(`${typed.current}${event.key}`.slice(0, MOST_DIGITS));
      } else if (event.key === "Backspace") type(typed.current.slice(0, -1));
      else if (event.key === "Escape") {
        // One step back: first the number, then the page.
        if (typed.current !== "") event.stopImmediatePropagation();
        type("");
        setWrong(null);
      } else if (event.key === "Enter" && typed.current !== "") {
        event.preventDefault();
        if (!now.onNumber(Number(typed.current))) setWrong(typed.current);
        type("");
      } else if (event.key === "Enter" && !isControl(event.target)) now.onEnterAlone();
    };
    addEventListener("keydown", pressed, { capture: true });
    return () => removeEventListener("keydown", pressed, { capture: true });
  }, []);

  useEffect(() => {
    if (digits === "" && wrong === null) return;
    const timer = setTimeout(() => {
      typed.current = "";
      setDigits("");
      setWrong(null);
    }, FORGET_AFTER_MS);
    return () => clearTimeout(timer);
  }, [digits, wrong]);

  const shown = digits !== "" || wrong !== null;
  return (
    <div
      className={classes.entry}
      role="status"
      data-shown={shown || undefined}
      data-wrong={wrong !== null || undefined}
    >
      {wrong === null ? digits : fill(t.wall.noSuchNumber, { number: wrong })}
    </div>
  );
}
