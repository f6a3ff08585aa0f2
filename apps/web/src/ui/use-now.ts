import type { Instant } from "@overt/core";
import { useEffect, useState } from "react";
import { useCentre } from "./centre/react.ts";

/** The centre's time, anew every `everyMs`. */
export function useNow(everyMs = 500): Instant {
  const centre = useCentre();
  const [now, setNow] = useState(() => centre.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(centre.now()), everyMs);
    return () => clearInterval(timer);
  }, [centre, everyMs]);
  return now;
}
