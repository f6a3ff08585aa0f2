import { clockText, siteZone, zoneText } from "./time.ts";
import { useNow } from "./use-now.ts";

/** The centre's time with its zone. */
export function Clock() {
  const now = useNow(1000);
  const zone = siteZone();
  return (
    <time style={{ whiteSpace: "nowrap", fontSize: "1.1rem" }}>
      {clockText(now, zone)} <small>{zoneText(now, zone)}</small>
    </time>
  );
}
