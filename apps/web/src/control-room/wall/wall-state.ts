import type { CameraId } from "@overt/core";

export const WALL_SIZES = [1, 4, 9, 16] as const;
export type WallSize = (typeof WALL_SIZES)[number];

/** One wall: `tiles` is as long as `size`; `selected` is one of its tiles. */
export interface Wall {
  readonly size: WallSize;
  readonly tiles: readonly (CameraId | null)[];
  readonly selected: number;
  /** Cameras for which a smaller layout had no tile: a larger one shows them again. */
  readonly parked: readonly CameraId[];
}

export type WallAction =
  | { readonly do: "place"; readonly camera: CameraId; readonly tile?: number }
  | { readonly do: "swap"; readonly from: number; readonly to: number }
  | { readonly do: "clear"; readonly tile: number }
  | { readonly do: "select"; readonly tile: number }
  | { readonly do: "move"; readonly columns: number; readonly rows: number }
  /** Moves the selected camera to the neighbouring tile: what dragging does, by keys (WCAG 2.2 2.5.7). */
  | { readonly do: "carry"; readonly columns: number; readonly rows: number }
  | { readonly do: "resize"; readonly size: WallSize }
  | { readonly do: "restore"; readonly tiles: readonly (CameraId | null)[]; readonly parked?: readonly CameraId[] };

export const columnsOf = (size: WallSize): number => Math.sqrt(size);

export function emptyWall(size: WallSize): Wall {
  return { size, tiles: new Array<null>(size).fill(null), selected: 0, parked: [] };
}

/** The smallest wall on which all `cameras` find a tile, filled in their order. */
export function wallOf(cameras: readonly CameraId[]): Wall {
  return wallReducer(emptyWall(sizeFor(cameras.length)), { do: "restore", tiles: cameras });
}

/** A camera stands on a wall once: placing it where another is moves it there. */
export function wallReducer(wall: Wall, action: WallAction): Wall {
  switch (action.do) {
    case "place": {
      const tile = action.tile ?? wall.selected;
      const tiles = wall.tiles.map((camera) => (camera === action.camera ? null : camera));
      tiles[tile] = action.camera;
      return { ...wall, tiles, selected: tile, parked: wall.parked.filter((camera) => camera !== action.camera) };
    }
    case "swap": {
      const tiles = [...wall.tiles];
      [tiles[action.from], tiles[action.to]] = [wall.tiles[action.to] ?? null, wall.tiles[action.from] ?? null];
      return { ...wall, tiles, selected: action.to };
    }
    case "clear":
      return { ...wall, tiles: wall.tiles.map((camera, i) => (i === action.tile ? null : camera)) };
    case "select":
      return { ...wall, selected: action.tile };
    case "move":
      return { ...wall, selected: neighbour(wall, action.columns, action.rows) };
    case "carry":
      return wallReducer(wall, {
        do: "swap",
        from: wall.selected,
        to: neighbour(wall, action.columns, action.rows),
      });
    case "resize":
      return resized(wall, action.size);
    case "restore": {
      const size = sizeFor(action.tiles.length);
      const tiles = Array.from({ length: size }, (_, i) => action.tiles[i] ?? null);
      const parked = (action.parked ?? []).filter((camera) => !tiles.includes(camera));
      return { size, tiles, selected: 0, parked };
    }
  }
}

/** Onto a smaller wall the cameras move up, and the selected one always stays; onto a larger one the parked come back. */
function resized(wall: Wall, size: WallSize): Wall {
  const kept = wall.tiles[wall.selected] ?? null;
  if (size >= wall.size) {
    const parked = [...wall.parked];
    const tiles = Array.from({ length: size }, (_, i) => wall.tiles[i] ?? parked.shift() ?? null);
    return { size, tiles, selected: wall.selected, parked };
  }
  const shown = wall.tiles.filter((camera) => camera !== null);
  const first = shown.slice(0, size);
  if (kept !== null && !first.includes(kept)) first[size - 1] = kept;
  const tiles = Array.from({ length: size }, (_, i) => first[i] ?? null);
  const parked = [...shown.filter((camera) => !first.includes(camera)), ...wall.parked];
  return { size, tiles, selected: Math.max(0, tiles.indexOf(kept)), parked };
}

function neighbour(wall: Wall, columns: number, rows: number): number {
  const across = columnsOf(wall.size);
  const column = Math.min(Math.max((wall.selected % across) + columns, 0), across - 1);
  const row = Math.min(Math.max(Math.floor(wall.selected / across) + rows, 0), across - 1);
  return row * across + column;
}

function sizeFor(count: number): WallSize {
  return WALL_SIZES.find((size) => size >= count) ?? 16;
}
