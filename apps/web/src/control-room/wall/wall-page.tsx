import { ActionIcon, Group, Loader, SegmentedControl, Tooltip } from "@mantine/core";
import { useDisclosure, useDocumentTitle, useFullscreenElement } from "@mantine/hooks";
import { type CameraId, iso, type Instant, instant } from "@overt/core";
import { IconArrowBackUp, IconHelp, IconMaximize } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useCentre, useCentreView } from "../../ui/centre/react.ts";
import { t, titleOf } from "../../ui/messages/format.ts";
import { useKeys } from "../../ui/use-keys.ts";
import { NumberEntry } from "../number-entry.tsx";
import { Shortcuts } from "../shortcuts.tsx";
import { CameraList } from "./camera-list.tsx";
import { Tile } from "./tile.tsx";
import { useWall } from "./use-wall.ts";
import classes from "./wall.module.css";
import { columnsOf, WALL_SIZES, type WallSize } from "./wall-state.ts";

/** "Now minus 30 s" (C7). */
const REPLAY_MS = 30_000;

export function WallPage() {
  useDocumentTitle(titleOf(t.nav.wall));
  const { cameras, known } = useCentreView();
  const centre = useCentre();
  const { wall, change, undo, ready } = useWall();
  const navigate = useNavigate();
  const { ref: fullScreenRef, toggle: toggleFullScreen } = useFullscreenElement<HTMLDivElement>();
  const [help, { toggle: toggleHelp, close: closeHelp }] = useDisclosure(false);
  const open = (id: CameraId | null, at?: Instant): void => {
    const search = at === undefined ? {} : { at: iso(at) };
    if (id !== null) void navigate({ to: "/camera/$id", params: { id }, search });
  };
  const selected = wall.tiles[wall.selected] ?? null;
  useKeys([
    ["ArrowLeft", () => change({ do: "move", columns: -1, rows: 0 })],
    ["ArrowRight", () => change({ do: "move", columns: 1, rows: 0 })],
    ["ArrowUp", () => change({ do: "move", columns: 0, rows: -1 })],
    ["ArrowDown", () => change({ do: "move", columns: 0, rows: 1 })],
    ["shift+ArrowLeft", () => change({ do: "carry", columns: -1, rows: 0 })],
    ["shift+ArrowRight", () => change({ do: "carry", columns: 1, rows: 0 })],
    ["shift+ArrowUp", () => change({ do: "carry", columns: 0, rows: -1 })],
    ["shift+ArrowDown", () => change({ do: "carry", columns: 0, rows: 1 })],
    ["r", () => open(selected, instant(centre.now() - REPLAY_MS))],
    ["mod+Z", undo],
    ["Delete", () => change({ do: "clear", tile: wall.selected })],
    ["g", () => change({ do: "resize", size: nextSize(wall.size) })],
    ["f", () => void toggleFullScreen()],
    ["shift+?", toggleHelp],
  ]);
  const across = columnsOf(wall.size);
  return (
    <div className={classes.page}>
      <CameraList cameras={cameras} onPlace={(camera) => change({ do: "place", camera })} />
      <div className={classes.main}>
        <Group className={classes.tools ?? ""} gap="xs">
          <SegmentedControl
            aria-label={t.wall.layout}
            value={String(wall.size)}
            data={WALL_SIZES.map((size) => ({ value: String(size), label: String(size) }))}
            onChange={(size) => change({ do: "resize", size: Number(size) as WallSize })}
          />
          <Tooltip label={t.wall.fullScreen}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t.wall.fullScreen}
              onClick={() => void toggleFullScreen()}
            >
              <IconMaximize size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t.wall.undo}>
            <ActionIcon variant="default" size="lg" aria-label={t.wall.undo} onClick={undo}>
              <IconArrowBackUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t.shortcuts.title}>
            <ActionIcon variant="default" size="lg" aria-label={t.shortcuts.title} onClick={toggleHelp}>
              <IconHelp size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
        {!ready && (
          <div className={classes.notice} role="status">
            <Loader aria-hidden /> {t.wall.loading}
          </div>
        )}
        {known && cameras.length === 0 && <div className={classes.notice}>{t.wall.noCameras}</div>}
        <div
          ref={fullScreenRef}
          className={classes.grid}
          style={{ "--across": across } as React.CSSProperties}
          data-size={wall.size}
        >
          {ready &&
            [...wall.tiles.entries()].map(([i, id]) => (
              <Tile
                key={i}
                index={i}
                camera={cameras.find((camera) => camera.id === id) ?? null}
                selected={i === wall.selected}
                onSelect={() => change({ do: "select", tile: i })}
                onOpen={() => open(id)}
                onReplay={() => open(id, instant(centre.now() - REPLAY_MS))}
                onClear={() => change({ do: "clear", tile: i })}
                onPlace={(camera) => change({ do: "place", camera, tile: i })}
                onSwap={(from) => change({ do: "swap", from, to: i })}
              />
            ))}
        </div>
      </div>
      <NumberEntry
        onNumber={(number) => {
          const camera = cameras.find((each) => each.number === number);
          if (camera) change({ do: "place", camera: camera.id });
          return camera !== undefined;
        }}
        onEnterAlone={() => open(selected)}
      />
      <Shortcuts opened={help} onClose={closeHelp} keys={t.shortcuts.wall} />
    </div>
  );
}

function nextSize(size: WallSize): WallSize {
  return WALL_SIZES[(WALL_SIZES.indexOf(size) + 1) % WALL_SIZES.length] ?? 4;
}
