import { Button, Loader } from "@mantine/core";
import { useDisclosure, useDocumentTitle } from "@mantine/hooks";
import { type Instant, instant } from "@overt/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { useCentreView } from "../../ui/centre/react.ts";
import { fill, t, titleOf } from "../../ui/messages/format.ts";
import { parseTime } from "../../ui/time.ts";
import { Timeline } from "../../ui/timeline/timeline.tsx";
import { useTimeline } from "../../ui/timeline/use-timeline.ts";
import { type TimelineView, zoomed } from "../../ui/timeline/view.ts";
import { useKeys } from "../../ui/use-keys.ts";
import { useNow } from "../../ui/use-now.ts";
import { useZone } from "../../ui/use-zone.ts";
import { NumberEntry } from "../number-entry.tsx";
import { Shortcuts } from "../shortcuts.tsx";
import classes from "./camera.module.css";
import { Controls } from "./controls.tsx";
import { nextGap, previousGap } from "./gaps.ts";
import { LivePicture } from "./live-picture.tsx";
import { RecordedPicture } from "./recorded-picture.tsx";
import { ScrubPicture } from "./scrub-picture.tsx";
import { usePlayer } from "./use-player.ts";
import { useScrub } from "./use-scrub.ts";

const FIRST_VIEW_MS = 10 * 60_000;

export function CameraPage() {
  const { id } = useParams({ from: "/shell/camera/$id" });
  const { cameras, known } = useCentreView();
  const camera = cameras.find((each) => each.id === id);
  if (camera) return <Camera key={camera.id} camera={camera} />;
  return (
    <div className={classes.notice} role="status">
      {known ? fill(t.camera.notFound, { id }) : <Loader aria-label={t.wall.loading} />}{" "}
      <Link to="/" className={classes.back ?? ""}>
        {t.camera.backToWall}
      </Link>
    </div>
  );
}

function Camera({ camera }: { camera: CameraSeen }) {
  const { cameras } = useCentreView();
  const { at: asked } = useSearch({ from: "/shell/camera/$id" });
  const navigate = useNavigate();
  useDocumentTitle(titleOf(`${camera.number} ${camera.name}`));
  const now = useNow(1000);
  const { zone } = useZone();
  const startAt = asked === undefined ? null : parseTime(asked, zone, now);
  const [live, setLive] = useState(startAt === null);
  const [held, setHeld] = useState<TimelineView | null>(() => startAt && around(startAt));
  const [help, { toggle: toggleHelp, close: closeHelp }] = useDisclosure(false);
  const player = usePlayer(camera.id, startAt);
  const scrub = useScrub(camera.id);
  // Live, the view follows the clock until somebody moves it; recorded, it moves only by hand.
  const view = held ?? { from: instant(now - FIRST_VIEW_MS * 0.9), lengthMs: FIRST_VIEW_MS };
  const seen = useTimeline(camera.id, view);
  const timeline = seen?.timeline ?? null;
  const position = scrub.asked ?? (live ? null : player.state.at);

  const seek = (at: Instant): void => {
    const moment = at < now ? at : now;
    setHeld(moment >= view.from && moment <= view.from + view.lengthMs ? view : around(moment, view.lengthMs));
    setLive(false);
    player.seek(moment);
    void navigate({ to: ".", search: { at: new Date(moment).toISOString() }, replace: true });
  };
  const goLive = (): void => {
    player.pause();
    setLive(true);
    setHeld(null);
    void navigate({ to: ".", search: {}, replace: true });
  };
  const moveBy = (ms: number): void => seek(instant((live ? now : (player.position() ?? now)) + ms));
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
  useKeys([
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
    ["r", () => seek(instant(now - 30_000))],
    ["n", after],
    ["p", before],
    ["+", () => zoom(0.5)],
    ["shift++", () => zoom(0.5)],
    ["-", () => zoom(2)],
    ["End", goLive],
    ["Escape", () => void navigate({ to: "/" })],
    ["shift+?", toggleHelp],
  ]);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Button
          component={Link}
          to="/"
          variant="subtle"
          leftSection={<IconArrowLeft size={18} aria-hidden className="mirrored" />}
        >
          {t.camera.backToWall}
        </Button>
        <h1 className={classes.title}>
          <span>{camera.number}</span> {camera.name}
        </h1>
      </div>
      <div className={classes.frame}>
        {live ? (
          <LivePicture camera={camera} />
        ) : (
          <RecordedPicture camera={camera} player={player} timeline={timeline} />
        )}
        <ScrubPicture camera={camera} scrub={scrub} />
      </div>
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
        onSpeed={player.setSpeed}
        onGoTo={seek}
        onHelp={toggleHelp}
      />
      <Timeline
        name={camera.name}
        data={seen}
        view={view}
        position={position}
        now={now}
        zone={zone}
        onView={setHeld}
        onSeek={seek}
        onScrub={scrub.to}
      />
      <NumberEntry
        onNumber={(number) => {
          const other = cameras.find((each) => each.number === number);
          // The time that is looked at stays (C44).
          const search = live || player.state.at === null ? {} : { at: new Date(player.state.at).toISOString() };
          if (other) void navigate({ to: "/camera/$id", params: { id: other.id }, search });
          return other !== undefined;
        }}
      />
      <Shortcuts opened={help} onClose={closeHelp} keys={t.shortcuts.camera} />
    </div>
  );
}

const around = (at: Instant, lengthMs = FIRST_VIEW_MS): TimelineView => ({
  from: instant(at - lengthMs / 2),
  lengthMs,
});
