import { type CameraId, cameraId } from "@overt/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useReducer, useRef } from "react";
import { z } from "zod";
import { call } from "../../ui/api.ts";
import { useCentreView } from "../../ui/centre/react.ts";
import { emptyWall, type Wall, type WallAction, wallOf, wallReducer } from "./wall-state.ts";

const NAME = "wall";
const Layouts = z.object({
  layouts: z.array(z.object({ name: z.string(), tiles: z.array(z.string().transform(cameraId).nullable()) })),
});

/** The account's own wall: as it was left, else one that shows the cameras there are. Kept on the server. */
export function useWall(): { wall: Wall; change: (action: WallAction) => void; ready: boolean } {
  const { known, cameras } = useCentreView();
  const [wall, change] = useReducer(wallReducer, emptyWall(4));
  const saved = useQuery({ queryKey: ["layouts"], queryFn: () => call("GET", "/api/layouts", { shape: Layouts }) });
  const { mutate: save } = useMutation({
    mutationFn: (tiles: readonly (CameraId | null)[]) =>
      call("PUT", "/api/layouts", { body: { layouts: [{ name: NAME, tiles }] } }),
  });
  const opened = useRef(false);
  const ready = known && !saved.isPending;

  useEffect(() => {
    if (!ready || opened.current || cameras.length === 0) return;
    opened.current = true;
    const kept = saved.data?.layouts.find(({ name }) => name === NAME)?.tiles;
    const living = new Set(cameras.map(({ id }) => id));
    const tiles = kept?.map((camera) => (camera !== null && living.has(camera) ? camera : null));
    change({
      do: "restore",
      tiles: tiles?.some((camera) => camera !== null) ? tiles : wallOf(cameras.map(({ id }) => id)).tiles,
    });
  }, [ready, cameras, saved.data]);

  const { tiles } = wall;
  useEffect(() => {
    if (opened.current && tiles.some((camera) => camera !== null)) save(tiles);
  }, [tiles, save]);

  return { wall, change, ready };
}
