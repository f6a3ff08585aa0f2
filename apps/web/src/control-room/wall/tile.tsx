import { ActionIcon, Tooltip } from "@mantine/core";
import { type CameraId, iso } from "@overt/core";
import { IconArrowsMaximize, IconHistory, IconX } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { useLive } from "../../ui/pictures/use-live.ts";
import { badgeOf } from "../../ui/tile-badge.tsx";
import { isAged, mustBlank, tileState } from "../../ui/tile-state.ts";
import { clockText, lengthText, zoneText } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import { useZone } from "../../ui/use-zone.ts";
import { dragged, startDrag } from "./drag.ts";
import classes from "./tile.module.css";

export interface TileProps {
  readonly index: number;
  readonly camera: CameraSeen | null;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onOpen: () => void;
  readonly onReplay: () => void;
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
    <section
      className={classes.tile}
      aria-label={name}
      aria-current={selected || undefined}
      data-over={over || undefined}
      data-tile={index}
      data-empty={camera === null || undefined}
      draggable={camera !== null}
      onPointerDown={props.onSelect}
      onDoubleClick={camera ? props.onOpen : undefined}
      onDragStart={(event) => startDrag(event.dataTransfer, { kind: "tile", tile: index })}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {camera ? (
        <Live key={camera.id} camera={camera}>
          <Actions {...props} camera={camera} />
        </Live>
      ) : (
        <p className={classes.empty}>{t.wall.empty}</p>
      )}
    </section>
  );
}

/** A tile of a display: nothing to press, and nothing where there is no camera. */
export function BareTile({ index, camera }: Pick<TileProps, "index" | "camera">) {
  const name = camera ? `${camera.number} ${camera.name}` : fill(t.wall.tile, { n: index + 1 });
  return (
    <section className={classes.tile} aria-label={name} data-empty={camera === null || undefined}>
      {camera && <Live key={camera.id} camera={camera} />}
    </section>
  );
}

function Live({ camera, children }: { camera: CameraSeen; children?: ReactNode }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const live = useLive(camera.id, canvas);
  const now = useNow();
  const { zone } = useZone();
  const state = tileState(camera, live, now);
  const badge = badgeOf(state);
  const isHidden = mustBlank(state);
  return (
    <>
      <canvas
        ref={canvas}
        className={classes.picture}
        data-aged={isAged(state) || undefined}
        hidden={isHidden}
        aria-label={`${camera.name}: ${badge.text}`}
        role="img"
      />
      <div className={classes.top}>
        <span className={classes.number}>{camera.number}</span>
        <span className={classes.name}>{camera.name}</span>
        {children}
      </div>
      <div className={classes.bottom}>
        <span className={classes.badge} data-tone={badge.tone} data-state={state.kind}>
          <badge.icon size="1.1em" aria-hidden />
          <span>{badge.text}</span>
        </span>
        {live.at !== null && !isHidden && (
          <time className={classes.clock} dateTime={iso(live.at)}>
            {clockText(live.at, zone)} <small>{zoneText(live.at, zone)}</small>
            {isAged(state) && state.kind !== "stale" && (
              <small className={classes.age}>{fill(t.wall.ago, { age: lengthText(now - live.at) })}</small>
            )}
          </time>
        )}
      </div>
    </>
  );
}

function Actions({ camera, onOpen, onReplay, onClear }: Omit<TileProps, "camera"> & { camera: CameraSeen }) {
  const acts = [
    { label: t.wall.enlarge, icon: <IconArrowsMaximize size={18} />, act: onOpen },
    { label: t.wall.replay, icon: <IconHistory size={18} />, act: onReplay },
    { label: t.wall.remove, icon: <IconX size={18} />, act: onClear },
  ];
  return (
    <span className={classes.actions}>
      {acts.map(({ label, icon, act }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon
            variant="filled"
            color="dark"
            size="lg"
            aria-label={`${label}: ${camera.name}`}
            onClick={(event) => {
              event.stopPropagation();
              act();
            }}
          >
            {icon}
          </ActionIcon>
        </Tooltip>
      ))}
    </span>
  );
}
