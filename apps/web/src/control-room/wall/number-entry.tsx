import { useEffect, useRef, useState } from "react";
import { fill, t } from "../../ui/messages/format.ts";
import classes from "./wall.module.css";

const MOST_DIGITS = 8;
const FORGET_AFTER_MS = 4_000;

/**
 * Digits and Enter call up a camera from anywhere but a text field. The number is shown large while it is typed; a wrong
 * one says so and changes nothing (C1).
 */
export function NumberEntry({
  onNumber,
  onEnterAlone,
}: {
  onNumber: (number: number) => boolean;
  onEnterAlone: () => void;
}) {
  const [digits, setDigits] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const latest = useRef({ digits, onNumber, onEnterAlone });
  latest.current = { digits, onNumber, onEnterAlone };

  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
      const now = latest.current;
      if (/^\d$/.test(event.key)) {
        setWrong(null);
        setDigits(`${now.digits}${event.key}`.slice(0, MOST_DIGITS));
      } else if (event.key === "Backspace") setDigits(now.digits.slice(0, -1));
      else if (event.key === "Escape") setDigits("");
      else if (event.key === "Enter" && now.digits !== "") {
        event.preventDefault();
        if (!now.onNumber(Number(now.digits))) setWrong(now.digits);
        setDigits("");
      } else if (event.key === "Enter" && !isControl(event.target)) now.onEnterAlone();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);

  useEffect(() => {
    if (digits === "" && wrong === null) return;
    const timer = setTimeout(() => {
      setDigits("");
      setWrong(null);
    }, FORGET_AFTER_MS);
    return () => clearTimeout(timer);
  }, [digits, wrong]);

  return (
    <div className={classes.entry} role="status" data-shown={digits !== "" || wrong !== null || undefined}>
      {wrong === null ? digits : fill(t.wall.noSuchNumber, { number: wrong })}
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Enter on a button or link does what it says. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, [role=button], [role=dialog]") !== null;
}
