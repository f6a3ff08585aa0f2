import { Button, Loader } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { type Instant, instant, parseIso } from "@overt/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { useCentreView } from "../../ui/centre/react.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { siteZone } from "../../ui/time.ts";
import { Timeline } from "../../ui/timeline/timeline.tsx";
import { useTimeline } from "../../ui/timeline/use-timeline.ts";
import { type TimelineView, zoomed } from "../../ui/timeline/view.ts";
import { useNow } from "../../ui/use-now.ts";
import { Shortcuts } from "../shortcuts.tsx";
import classes from "./camera.module.css";
import { Controls } from "./controls.tsx";
import { nextGap, previousGap } from "./gaps.ts";
import { LivePicture } from "./live-picture.tsx";
import { RecordedPicture } from "./recorded-picture.tsx";
import { usePlayer } from "./use-player.ts";

const FIRST_VIEW_MS = 10 * 60_000;

export function CameraPage() {
  const { id } = useParams({ from: "/shell/camera/$id" });
  const { cameras, known } = useCentreView();
  const camera = cameras.find((each) => each.id === id);
  if (camera) return <Camera key={camera.id} camera={camera} />;
  return (
    <div className={classes.notice} role="status">
      {known ? fill(t.camera.notFound, { id }) : <Loader aria-label={t.wall.loading} />}{" "}
      <Link to="/">{t.camera.backToWall}</Link>
    </div>
  );
}

function Camera({ camera }: { camera: CameraSeen }) {
  const { at: asked } = useSearch({ from: "/shell/camera/$id" });
  const navigate = useNavigate();
  const now = useNow(1000);
  const [live, setLive] = useState(asked === undefined);
  const [zone, setZone] = useState(siteZone());
  const [held, setHeld] = useState<TimelineView | null>(null);
  const [help, { toggle: toggleHelp, close: closeHelp }] = useDisclosure(false);
  const player = usePlayer(camera.id, asked === undefined ? null : parseIso(asked));
  // Live, the view follows the clock until somebody moves it; recorded, it moves only by hand.
  const view = held ?? { from: instant(now - FIRST_VIEW_MS * 0.9), lengthMs: FIRST_VIEW_MS };
  const timeline = useTimeline(camera.id, view);
  const position = live ? null : player.state.at;

  const seek = (at: Instant): void => {
    setHeld(view);
    setLive(false);
    player.seek(at < now ? at : now);
    void navigate({ to: ".", search: { at: new Date(at).toISOString() }, replace: true });
  };
  const goLive = (): void => {
    player.pause();
    setLive(true);
    setHeld(null);
    void navigate({ to: ".", search: {}, replace: true });
  };
  const moveBy = (ms: number): void => seek(instant((position ?? now) + ms));
  const step = (direction: 1 | -1): void => {
    if (live) moveBy(-2_000);
    else player.step(direction);
  };
  const toGap = (gap: Instant | null): void => {
    if (gap !== null) seek(gap);
  };
  const toggle = (): void => {
    if (live) seek(instant(now - 1_000));
    else if (player.state.playing) player.pause();
    else player.play();
  };
  const zoom = (factor: number): void => setHeld(zoomed(view, factor, position ?? now));
  const before = (): void => toGap(previousGap(timeline, position ?? now));
  const after = (): void => toGap(nextGap(timeline, position ?? now));
  useHotkeys([
    ["Space", toggle],
    ["k", toggle],
    [",", () => step(-1)],
    [".", () => step(1)],
    ["j", () => moveBy(-10_000)],
    ["l", () => moveBy(10_000)],
    ["ArrowLeft", () => moveBy(-1_000)],
    ["ArrowRight", () => moveBy(1_000)],
    ["PageUp", () => moveBy(-60_000)],
    ["PageDown", () => moveBy(60_000)],
    ["n", after],
    ["p", before],
    ["+", () => zoom(0.5)],
    ["-", () => zoom(2)],
    ["End", goLive],
    ["Escape", () => void navigate({ to: "/" })],
    ["shift+?", toggleHelp],
  ]);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Button component={Link} to="/" variant="subtle" leftSection={<IconArrowLeft size={18} aria-hidden />}>
          {t.camera.backToWall}
        </Button>
        <h1 className={classes.title}>
          <span>{camera.number}</span> {camera.name}
        </h1>
      </div>
      {live ? (
        <LivePicture camera={camera} />
      ) : (
        <RecordedPicture camera={camera} player={player} zone={zone} timeline={timeline} />
      )}
      <Controls
        live={live}
        state={player.state}
        zone={zone}
        now={now}
        onToggle={toggle}
        onStep={step}
        onMove={moveBy}
        onPreviousGap={before}
        onNextGap={after}
        onLive={goLive}
        onSpeed={(speed) => player.setSpeed(speed)}
        onGoTo={seek}
        onHelp={toggleHelp}
      />
      <Timeline
        name={camera.name}
        data={timeline}
        view={view}
        position={position}
        now={now}
        zone={zone}
        siteZone={siteZone()}
        onZone={setZone}
        onView={setHeld}
        onSeek={seek}
      />
      <Shortcuts opened={help} onClose={closeHelp} keys={t.shortcuts.camera} />
    </div>
  );
}
