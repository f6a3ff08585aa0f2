import {
  IconClockExclamation,
  IconEyeOff,
  IconHourglass,
  IconHourglassLow,
  IconPhoto,
  IconPlugConnectedX,
  IconPointFilled,
  IconShieldX,
  IconVideoOff,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { fill, t } from "./messages/format.ts";
import { mustBlank, type TileState } from "./tile-state.ts";
import { lengthText } from "./time.ts";

type Icon = ComponentType<{ size?: number | string; "aria-hidden"?: boolean }>;

interface Badge {
  readonly icon: Icon;
  readonly text: string;
  readonly tone: "good" | "warn" | "quiet";
}

/** Icon and word of a tile's state: never colour alone. */
export function badgeOf(state: TileState): Badge {
  switch (state.kind) {
    case "live":
      return { icon: IconPointFilled, text: t.tile.live, tone: "good" };
    case "slow":
      return { icon: IconPhoto, text: t.tile.slow, tone: "quiet" };
    case "delayed":
      return { icon: IconHourglassLow, text: t.tile.delayed, tone: "warn" };
    case "waiting":
      return { icon: IconHourglass, text: t.tile.waiting, tone: "quiet" };
    case "blank":
      return { icon: IconEyeOff, text: t.tile.blank, tone: "quiet" };
    case "disconnected":
      return { icon: IconPlugConnectedX, text: t.tile.disconnected, tone: "warn" };
    case "decoder":
      return { icon: IconVideoOff, text: t.tile.decoder, tone: "warn" };
    case "stale":
      return { icon: IconClockExclamation, text: fill(t.tile.stale, { age: lengthText(state.ageMs) }), tone: "warn" };
    case "cause":
      return {
        icon: mustBlank(state) ? IconShieldX : IconVideoOff,
        text: t.cause[state.cause],
        tone: "warn",
      };
  }
}
