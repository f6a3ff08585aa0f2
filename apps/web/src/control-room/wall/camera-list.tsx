import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import type { CameraId } from "@overt/core";
import { IconLayoutGridAdd, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { startDrag } from "./drag.ts";
import classes from "./camera-list.module.css";

/** Every camera, to drag or to put into the selected tile. */
export function CameraList({
  cameras,
  onPlace,
}: {
  cameras: readonly CameraSeen[];
  onPlace: (camera: CameraId) => void;
}) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const shown = cameras.filter(
    ({ number, name }) => String(number).startsWith(wanted) || name.toLowerCase().includes(wanted),
  );
  return (
    <aside className={classes.list} aria-label={t.wall.cameras}>
      <TextInput
        aria-label={t.wall.search}
        placeholder={t.wall.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ul className={classes.items}>
        {shown.map((camera) => (
          <li
            key={camera.id}
            className={classes.item}
            draggable
            onDragStart={(event) => startDrag(event.dataTransfer, { kind: "camera", camera: camera.id })}
          >
            <span className={classes.number}>{camera.number}</span>
            <Link className={classes.name ?? ""} to="/camera/$id" params={{ id: camera.id }}>
              {camera.name}
              <small>{stateText(camera)}</small>
            </Link>
            <Tooltip label={t.wall.place}>
              <ActionIcon
                variant="subtle"
                size="lg"
                aria-label={`${t.wall.place}: ${camera.name}`}
                onClick={() => onPlace(camera.id)}
              >
                <IconLayoutGridAdd size={18} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
      {shown.length === 0 && text !== "" && <p className={classes.none}>{fill(t.wall.noMatch, { text })}</p>}
    </aside>
  );
}

function stateText(camera: CameraSeen): string {
  if (!camera.recorderConnected) return t.tile.disconnected;
  if (camera.problem) return camera.problem.message;
  const cause = camera.anonymised.cause ?? camera.original.cause;
  return cause ? t.cause[cause] : t.health.recording;
}
