import { ActionIcon, Button, NativeSelect, TextInput, Tooltip } from "@mantine/core";
import type { Instant } from "@overt/core";
import {
  IconChevronLeft,
  IconChevronRight,
  IconHelp,
  IconLiveView,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconRewindBackward10,
  IconRewindForward10,
} from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { t } from "../../ui/messages/format.ts";
import type { PlayerState } from "../../ui/pictures/player.ts";
import { parseTime, type Zone } from "../../ui/time.ts";
import classes from "./camera.module.css";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

export interface ControlsProps {
  readonly live: boolean;
  readonly state: PlayerState;
  readonly zone: Zone;
  readonly now: Instant;
  readonly onToggle: () => void;
  readonly onStep: (direction: 1 | -1) => void;
  readonly onMove: (ms: number) => void;
  readonly onPreviousGap: () => void;
  readonly onNextGap: () => void;
  readonly onLive: () => void;
  readonly onSpeed: (speed: number) => void;
  readonly onGoTo: (at: Instant) => void;
  readonly onHelp: () => void;
}

export function Controls(props: ControlsProps) {
  const { live, state } = props;
  const playing = live || state.playing;
  return (
    <div className={classes.controls}>
      {/* Transport keys run with time, from left to right, in every language. */}
      <div className={classes.transport} dir="ltr">
        <Act label={t.camera.previousGap} onClick={props.onPreviousGap} icon={<IconPlayerSkipBack size={20} />} />
        <Act label={t.camera.back10} onClick={() => props.onMove(-10_000)} icon={<IconRewindBackward10 size={20} />} />
        <Act label={t.camera.frameBack} onClick={() => props.onStep(-1)} icon={<IconChevronLeft size={20} />} />
        <Act
          label={playing ? t.camera.pause : t.camera.play}
          onClick={props.onToggle}
          icon={playing ? <IconPlayerPause size={24} /> : <IconPlayerPlay size={24} />}
          strong
        />
        <Act label={t.camera.frameForward} onClick={() => props.onStep(1)} icon={<IconChevronRight size={20} />} />
        <Act label={t.camera.forward10} onClick={() => props.onMove(10_000)} icon={<IconRewindForward10 size={20} />} />
        <Act label={t.camera.nextGap} onClick={props.onNextGap} icon={<IconPlayerSkipForward size={20} />} />
      </div>
      <Button
        variant={live ? "filled" : "default"}
        leftSection={<IconLiveView size={18} aria-hidden />}
        aria-pressed={live}
        onClick={props.onLive}
      >
        {live ? t.camera.live : t.camera.goLive}
      </Button>
      <NativeSelect
        aria-label={t.camera.speed}
        value={String(state.speed)}
        data={SPEEDS.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
        onChange={(event) => props.onSpeed(Number(event.currentTarget.value))}
      />
      <GoTo {...props} />
      <Act label={t.shortcuts.title} onClick={props.onHelp} icon={<IconHelp size={20} />} />
    </div>
  );
}

function Act({
  label,
  onClick,
  icon,
  strong = false,
}: {
  label: string;
  onClick: () => void;
  icon: ReactNode;
  strong?: boolean;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant={strong ? "filled" : "default"} size={44} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function GoTo({ zone, now, state, onGoTo }: ControlsProps) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const at = parseTime(text, zone, state.at ?? now);
    setWrong(at === null);
    if (at !== null) onGoTo(at);
  };
  return (
    <form onSubmit={submit} className={classes.goto}>
      <TextInput
        aria-label={t.camera.goTo}
        placeholder={t.camera.goTo}
        value={text}
        error={wrong && t.camera.goToInvalid}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        {t.camera.goToButton}
      </Button>
    </form>
  );
}
