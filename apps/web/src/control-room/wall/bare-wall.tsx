import { useDocumentTitle } from "@mantine/hooks";
import { cameraId } from "@overt/core";
import { useParams } from "@tanstack/react-router";
import { useCentreView } from "../../ui/centre/react.ts";
import { Clock } from "../../ui/clock.tsx";
import { fill, t, titleOf } from "../../ui/messages/format.ts";
import { Banners } from "../banners.tsx";
import { BareTile } from "./tile.tsx";
import classes from "./wall.module.css";
import { columnsOf, wallOf } from "./wall-state.ts";

/** `/wall/1,4,7`: those numbers, full screen, no menus, for displays. It survives a reload and a restart. */
export function BareWall() {
  useDocumentTitle(titleOf(t.nav.wall));
  const { tiles } = useParams({ from: "/wall/$tiles" });
  const { cameras, known } = useCentreView();
  const wanted = tiles === "all" ? cameras.map(({ number }) => number) : tiles.split(",").map(Number);
  const missing = known && tiles !== "all" ? wanted.filter((n) => !cameras.some(({ number }) => number === n)) : [];
  const shown = wanted.flatMap((number) => cameras.find((camera) => camera.number === number) ?? []);
  const wall = wallOf(shown.slice(0, 16).map(({ id }) => cameraId(id)));
  const across = columnsOf(wall.size);
  return (
    <main className={classes.bare} aria-label={t.nav.wall}>
      <Banners />
      {missing.length > 0 && <p className={classes.missing}>{fill(t.wall.missing, { numbers: missing.join(", ") })}</p>}
      <div className={classes.grid} data-size={wall.size} style={{ "--across": across } as React.CSSProperties}>
        {wall.tiles.map((id, i) => (
          <BareTile key={id ?? `empty-${i}`} index={i} camera={cameras.find((camera) => camera.id === id) ?? null} />
        ))}
      </div>
      <footer className={classes.foot}>
        <span>{t.product}</span>
        <LinkWord />
        <Clock />
      </footer>
    </main>
  );
}

/** The connection's state in words, always: a wall that hides its loss shows old pictures as new ones (C29). */
function LinkWord() {
  const { link } = useCentreView();
  return (
    <span role="status">
      {link.state === "open" ? t.link.open : link.state === "lost" ? t.link.lostShort : t.link.connecting}
    </span>
  );
}
