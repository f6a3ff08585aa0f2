import { useEffect, useState } from "react";

/** Waiting that lasts: what is over at once is not worth a word that flickers. */
const AFTER_MS = 300;

export function useSlow(busy: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!busy) return;
    const timer = setTimeout(() => setSlow(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, [busy]);
  return slow;
}
