import { type CameraId, cameraId } from "@overt/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { z } from "zod";
import { call } from "../../ui/api.ts";
import { useCentreView } from "../../ui/centre/react.ts";
import { emptyWall, type Wall, type WallAction, wallOf, wallReducer } from "./wall-state.ts";

const KEY = ["layouts"];
const WALL = "wall";
/** Cameras for which the layout has no tile at the moment. */
const PARKED = "wall, parked";
const MOST_UNDO = 50;
const RETRY_MS = 5_000;
const Layouts = z.object({
  layouts: z.array(z.object({ name: z.string(), tiles: z.array(z.string().transform(cameraId).nullable()) })),
});

interface Held {
  readonly wall: Wall;
  readonly before: readonly Wall[];
}

/** The account's own wall: as it was left, else one that shows the cameras there are. Kept on the server. */
export function useWall(): { wall: Wall; change: (action: WallAction) => void; undo: () => void; ready: boolean } {
  const { known, cameras } = useCentreView();
  const queries = useQueryClient();
  const [{ wall }, dispatch] = useReducer(reduce, { wall: emptyWall(4), before: [] });
  const saved = useQuery({
    queryKey: KEY,
    queryFn: () => call("GET", "/api/layouts", { shape: Layouts }),
    retry: true,
    retryDelay: RETRY_MS,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { mutate: save } = useMutation({
    mutationFn: ({ tiles, parked }: Wall) => {
      const others = (saved.data?.layouts ?? []).filter(({ name }) => name !== WALL && name !== PARKED);
      const own = [{ name: WALL, tiles }, ...(parked.length > 0 ? [{ name: PARKED, tiles: parked }] : [])];
      const layouts = [...others, ...own] as z.infer<typeof Layouts>["layouts"];
      // At once, so that the wall is as it was left when one comes back from another page.
      queries.setQueryData(KEY, { layouts });
      return call("PUT", "/api/layouts", { body: { layouts } });
    },
  });
  const opened = useRef<Wall | null>(null);
  // Only what was read is ever written over: a centre that did not answer has not lost its walls.
  const ready = known && saved.isSuccess;

  useEffect(() => {
    if (!ready || opened.current || cameras.length === 0) return;
    const living = new Set(cameras.map(({ id }) => id));
    const kept = (name: string): (CameraId | null)[] =>
      saved.data?.layouts
        .find((layout) => layout.name === name)
        ?.tiles.map((camera) => (camera !== null && living.has(camera) ? camera : null)) ?? [];
    const tiles = kept(WALL);
    const parked = kept(PARKED).filter((camera) => camera !== null);
    const restored = tiles.some((camera) => camera !== null)
      ? wallReducer(emptyWall(4), { do: "restore", tiles, parked })
      : wallOf(cameras.map(({ id }) => id));
    opened.current = restored;
    dispatch({ do: "open", wall: restored });
  }, [ready, cameras, saved.data]);

  useEffect(() => {
    const last = opened.current;
    if (!last || wall === last) return;
    if (wall.tiles === last.tiles && wall.parked === last.parked) return;
    opened.current = wall;
    save(wall);
  }, [wall, save]);

  const change = useCallback((action: WallAction) => dispatch(action), []);
  const undo = useCallback(() => dispatch({ do: "undo" }), []);
  return { wall, change, undo, ready };
}

type Step = WallAction | { readonly do: "undo" } | { readonly do: "open"; readonly wall: Wall };

/** Where one looks is no change that one would want to take back. */
function reduce({ wall, before }: Held, step: Step): Held {
  if (step.do === "open") return { wall: step.wall, before: [] };
  if (step.do === "undo") return { wall: before.at(-1) ?? wall, before: before.slice(0, -1) };
  const after = wallReducer(wall, step);
  if (step.do === "select" || step.do === "move") return { wall: after, before };
  return { wall: after, before: [...before, wall].slice(-MOST_UNDO) };
}
