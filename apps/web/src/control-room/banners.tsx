import { IconBatteryExclamation, IconKey, IconPlugConnectedX, IconScreenShareOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { instant } from "@overt/core";
import { useCentreView } from "../ui/centre/react.ts";
import { fill, t } from "../ui/messages/format.ts";
import { decodingProblem } from "../ui/pictures/decoder.ts";
import { powerText } from "../ui/power.ts";
import { clockText, zoneText } from "../ui/time.ts";
import { useZone } from "../ui/use-zone.ts";
import classes from "./banners.module.css";

/** What concerns the whole page, above everything else. */
export function Banners() {
  const { link, recorders } = useCentreView();
  const { zone } = useZone();
  const decoding = decodingProblem();
  return (
    <>
      {recorders.some(({ status }) => status.demoKeys) && (
        <Banner kind="danger" icon={<IconKey aria-hidden />}>
          {t.demoKeys}
        </Banner>
      )}
      {link.state === "lost" && (
        <Banner kind="warning" icon={<IconPlugConnectedX aria-hidden />}>
          {fill(t.link.lost, {
            time: `${clockText(instant(link.since), zone)} ${zoneText(instant(link.since), zone)}`,
          })}
          {link.problem && ` ${link.problem.message} ${link.problem.hint ?? ""}`}
        </Banner>
      )}
      {recorders.map((recorder) => {
        const text = powerText(recorder, zone);
        return (
          text && (
            <Banner key={recorder.status.recorder} kind="danger" icon={<IconBatteryExclamation aria-hidden />}>
              {text}
            </Banner>
          )
        );
      })}
      {decoding && (
        <Banner kind="warning" icon={<IconScreenShareOff aria-hidden />}>
          {t.decoding[decoding]}
        </Banner>
      )}
    </>
  );
}

function Banner({ kind, icon, children }: { kind: "danger" | "warning"; icon: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.banner} data-kind={kind} role="status">
      {icon}
      <span>{children}</span>
    </div>
  );
}
