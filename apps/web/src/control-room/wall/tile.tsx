import { ActionIcon, Tooltip } from "@mantine/core";
import type { CameraId } from "@overt/core";
import { IconArrowsMaximize, IconX } from "@tabler/icons-react";
import { type DragEvent, useRef, useState } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { useLive } from "../../ui/pictures/use-live.ts";
import { badgeOf } from "../../ui/tile-badge.tsx";
import { tileState } from "../../ui/tile-state.ts";
import { clockText, siteZone, zoneText } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import { dragged, startDrag } from "./drag.ts";
import classes from "./tile.module.css";

export interface TileProps {
  readonly index: number;
  readonly camera: CameraSeen | null;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onOpen: () => void;
  readonly onClear: () => void;
  readonly onPlace: (camera: CameraId) => void;
  readonly onSwap: (from: number) => void;
}

/** One place on the wall. A place, not a button: what can be done with it are the buttons in it and the keys. */
export function Tile(props: TileProps) {
  const { index, camera, selected } = props;
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const what = dragged(event.dataTransfer);
    if (what?.kind === "camera") props.onPlace(what.camera);
    if (what?.kind === "tile" && what.tile !== index) props.onSwap(what.tile);
  };
  const name = camera ? `${camera.number} ${camera.name}` : fill(t.wall.tile, { n: index + 1 });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: arrows select tiles on the whole wall
    <section
      className={classes.tile}
      aria-label={name}
      aria-current={selected || undefined}
      data-over={over || undefined}
      data-tile={index}
      draggable={camera !== null}
      onClick={props.onSelect}
      onDoubleClick={camera ? props.onOpen : undefined}
      onDragStart={(event) => startDrag(event.dataTransfer, { kind: "tile", tile: index })}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {camera ? <Live key={camera.id} {...props} camera={camera} /> : <p className={classes.empty}>{t.wall.empty}</p>}
    </section>
  );
}

function Live({ camera, onOpen, onClear }: TileProps & { camera: CameraSeen }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const live = useLive(camera.id, canvas);
  const now = useNow();
  const zone = siteZone();
  const state = tileState(camera, live, now);
  const badge = badgeOf(state);
  const aged = state.kind !== "live" && state.kind !== "slow";
  return (
    <>
      <canvas
        ref={canvas}
        className={classes.picture}
        data-aged={aged || undefined}
        aria-label={`${camera.name}: ${badge.text}`}
        role="img"
      />
      <div className={classes.top}>
        <span className={classes.number}>{camera.number}</span>
        <span className={classes.name}>{camera.name}</span>
        <span className={classes.actions}>
          <Tooltip label={t.wall.enlarge}>
            <ActionIcon
              variant="filled"
              color="dark"
              size="lg"
              aria-label={`${t.wall.enlarge}: ${camera.name}`}
              onClick={onOpen}
            >
              <IconArrowsMaximize size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t.wall.remove}>
            <ActionIcon
              variant="filled"
              color="dark"
              size="lg"
              aria-label={`${t.wall.remove}: ${camera.name}`}
              onClick={(event) => {
                event.stopPropagation();
                onClear();
              }}
            >
              <IconX size={18} />
            </ActionIcon>
          </Tooltip>
        </span>
      </div>
      <div className={classes.bottom}>
        <span className={classes.badge} data-tone={badge.tone} data-state={state.kind}>
          <badge.icon size={18} aria-hidden />
          {badge.text}
        </span>
        {live.at !== null && (
          <time className={classes.clock}>
            {clockText(live.at, zone)} <small>{zoneText(live.at, zone)}</small>
          </time>
        )}
      </div>
    </>
  );
}
