import { cameraId } from "@overt/core";
import { useParams } from "@tanstack/react-router";
import { useCentreView } from "../../ui/centre/react.ts";
import { Clock } from "../../ui/clock.tsx";
import { t } from "../../ui/messages/format.ts";
import { Banners } from "../banners.tsx";
import { Tile } from "./tile.tsx";
import classes from "./wall.module.css";
import { columnsOf, wallOf } from "./wall-state.ts";

const nothing = (): void => {};

/** `/wall/1,4,7`: those numbers, full screen, no menus, for displays. It survives a reload and a restart. */
export function BareWall() {
  const { tiles } = useParams({ from: "/wall/$tiles" });
  const { cameras } = useCentreView();
  const wanted = tiles === "all" ? cameras.map(({ number }) => number) : tiles.split(",").map(Number);
  const shown = wanted.flatMap((number) => cameras.find((camera) => camera.number === number) ?? []);
  const wall = wallOf(shown.slice(0, 16).map(({ id }) => cameraId(id)));
  const across = columnsOf(wall.size);
  return (
    <main className={classes.bare} aria-label={t.nav.wall}>
      <Banners />
      <div
        className={classes.grid}
        style={{
          gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`,
          gridTemplateRows: `repeat(${across}, minmax(0, 1fr))`,
        }}
      >
        {wall.tiles.map((id, i) => (
          <Tile
            key={id ?? `empty-${i}`}
            index={i}
            camera={cameras.find((camera) => camera.id === id) ?? null}
            selected={false}
            onSelect={nothing}
            onOpen={nothing}
            onClear={nothing}
            onPlace={nothing}
            onSwap={nothing}
          />
        ))}
      </div>
      <footer className={classes.foot}>
        <span>{t.product}</span>
        <Clock />
      </footer>
    </main>
  );
}
