import { Table, TextInput, UnstyledButton } from "@mantine/core";
import type { TrackStatus } from "@overt/link";
import { IconSearch, IconSelector } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { faultsOf } from "../../ui/faults.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { dateTimeText, zoneText } from "../../ui/time.ts";
import { useZone } from "../../ui/use-zone.ts";
import classes from "./health.module.css";
import { StateWord } from "./state-word.tsx";

type Order = "number" | "worst";

/** Of each camera whether it records as asked; what is wrong stands in words, with what to do. */
export function CameraTable({ cameras }: { cameras: readonly CameraSeen[] }) {
  const [text, setText] = useState("");
  const [order, setOrder] = useState<Order>("worst");
  const wanted = text.trim().toLowerCase();
  const shown = cameras
    .filter(({ number, name }) => `${number} ${name}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => (order === "worst" ? badness(b) - badness(a) : 0) || a.number - b.number);
  return (
    <div>
      <TextInput
        mb="xs"
        maw="22rem"
        aria-label={t.wall.search}
        placeholder={t.wall.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Table className={classes.table ?? ""} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Sortable label={t.health.camera} active={order === "number"} onClick={() => setOrder("number")} />
            <Table.Th>{t.health.original}</Table.Th>
            <Table.Th>{t.health.anonymised}</Table.Th>
            <Table.Th>{t.health.pictures}</Table.Th>
            <Sortable label={t.health.problem} active={order === "worst"} onClick={() => setOrder("worst")} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((camera) => (
            <Row key={camera.id} camera={camera} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Sortable({ label, active, onClick }: { label: string; active: boolean; onClick: () => void }) {
  return (
    <Table.Th aria-sort={active ? "ascending" : "none"}>
      <UnstyledButton onClick={onClick} className={classes.sort}>
        {label} <IconSelector size={16} aria-hidden opacity={active ? 1 : 0.5} />
      </UnstyledButton>
    </Table.Th>
  );
}

function Row({ camera }: { camera: CameraSeen }) {
  const { anonymiser, stream } = camera;
  const faults = faultsOf(camera);
  const mode =
    anonymiser.mode === anonymiser.asked
      ? t.health.mode[anonymiser.mode]
      : `${t.health.mode[anonymiser.mode]} (${fill(t.health.asked, { mode: t.health.mode[anonymiser.asked] })})`;
  return (
    <Table.Tr>
      <Table.Td data-label={t.health.camera}>
        <Link to="/camera/$id" params={{ id: camera.id }} className={classes.camera ?? ""}>
          <b>{camera.number}</b> {camera.name}
        </Link>
      </Table.Td>
      <Table.Td data-label={t.health.original}>
        <Track track={camera.original} />
      </Table.Td>
      <Table.Td data-label={t.health.anonymised}>
        <div>
          <Track track={camera.anonymised} />
          <small>
            {mode}, {t.health.anonymiser[anonymiser.state]}
            {anonymiser.state !== "off" && ` (${Math.round(anonymiser.learntShare * 100)} %)`}
          </small>
        </div>
      </Table.Td>
      <Table.Td data-label={t.health.pictures}>
        <small>
          {stream
            ? fill(t.health.stream, {
                codec: stream.codec === "h264" ? "H.264" : "H.265",
                width: stream.width,
                height: stream.height,
                fps: Math.round(stream.fps),
                rate: (stream.bitrateBps / 1e6).toFixed(1),
              })
            : "–"}
          {stream && !stream.secure && ` · ${t.health.insecureStream}`}
        </small>
      </Table.Td>
      <Table.Td data-label={t.health.problem}>
        <div>
          {faults.map(({ message, hint, code }) => (
            <p key={message}>
              <b>{message}</b> {hint} {code && <code>{code}</code>}
            </p>
          ))}
          {faults.length === 0 && <span>{t.health.asAsked}</span>}
          <Tolerated counts={camera.tolerated} />
        </div>
      </Table.Td>
    </Table.Tr>
  );
}

function Track({ track }: { track: TrackStatus }) {
  const { zone } = useZone();
  if (!track.asked) return <span>{t.health.notAsked}</span>;
  if (track.recording) return <StateWord state="ok" text={t.health.recording} />;
  const since = fill(t.health.since, { time: `${dateTimeText(track.since, zone)} ${zoneText(track.since, zone)}` });
  return <StateWord state="failed" text={`${track.cause ? t.cause[track.cause] : t.health.notRecording}, ${since}`} />;
}

function Tolerated({ counts }: { counts: Readonly<Record<string, number>> }) {
  const entries = Object.entries(counts);
  if (entries.length === 0) return null;
  return (
    <details>
      <summary>{t.health.tolerated}</summary>
      <small>{entries.map(([name, count]) => `${name} × ${count}`).join(", ")}</small>
    </details>
  );
}

function badness(camera: CameraSeen): number {
  if (!camera.recorderConnected) return 3;
  if (camera.problem) return 2;
  return faultsOf(camera).length;
}
