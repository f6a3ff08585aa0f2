import { useLocalStorage } from "@mantine/hooks";
import { siteZone, type Zone } from "./time.ts";

/** The one zone of everything on this screen, with its switch between site time and UTC (C91, ops-10). */
export function useZone(): { zone: Zone; site: Zone; setUtc: (utc: boolean) => void } {
  const [choice, setChoice] = useLocalStorage<"site" | "utc">({
    key: "overt-zone",
    defaultValue: "site",
    getInitialValueInEffect: false,
  });
  const site = siteZone();
  return { zone: choice === "utc" ? "UTC" : site, site, setUtc: (utc) => setChoice(utc ? "utc" : "site") };
}
