import type { CameraId } from "@overt/core";

export const WALL_SIZES = [1, 4, 9, 16] as const;
export type WallSize = (typeof WALL_SIZES)[number];

/** One wall: `tiles` is as long as `size`; `selected` is one of its tiles. */
export interface Wall {
  readonly size: WallSize;
  readonly tiles: readonly (CameraId | null)[];
  readonly selected: number;
}

export type WallAction =
  | { readonly do: "place"; readonly camera: CameraId; readonly tile?: number }
  | { readonly do: "swap"; readonly from: number; readonly to: number }
  | { readonly do: "clear"; readonly tile: number }
  | { readonly do: "select"; readonly tile: number }
  | { readonly do: "move"; readonly columns: number; readonly rows: number }
  | { readonly do: "resize"; readonly size: WallSize }
  | { readonly do: "restore"; readonly tiles: readonly (CameraId | null)[] };

export const columnsOf = (size: WallSize): number => Math.sqrt(size);

export function emptyWall(size: WallSize): Wall {
  return { size, tiles: new Array<null>(size).fill(null), selected: 0 };
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
      return { ...wall, tiles, selected: tile };
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
      return { ...wall, selected: moved(wall, action.columns, action.rows) };
    case "resize":
      return resized(wall, action.size);
    case "restore": {
      const size = sizeFor(action.tiles.length);
      return { size, tiles: Array.from({ length: size }, (_, i) => action.tiles[i] ?? null), selected: 0 };
    }
  }
}

/** Onto a smaller wall the cameras that are there move up; the selected one always stays. */
function resized(wall: Wall, size: WallSize): Wall {
  const kept = wall.tiles[wall.selected] ?? null;
  if (size >= wall.size) return { ...wall, size, tiles: Array.from({ length: size }, (_, i) => wall.tiles[i] ?? null) };
  const others = wall.tiles.filter((camera) => camera !== null && camera !== kept);
  const shown = kept === null ? others : size === 1 ? [kept] : [...wall.tiles.filter((camera) => camera !== null)];
  const first = shown.slice(0, size);
  if (kept !== null && !first.includes(kept)) first[size - 1] = kept;
  const tiles = Array.from({ length: size }, (_, i) => first[i] ?? null);
  return { size, tiles, selected: Math.max(0, tiles.indexOf(kept)) };
}

function moved(wall: Wall, columns: number, rows: number): number {
  const across = columnsOf(wall.size);
  const column = Math.min(Math.max((wall.selected % across) + columns, 0), across - 1);
  const row = Math.min(Math.max(Math.floor(wall.selected / across) + rows, 0), across - 1);
  return row * across + column;
}

function sizeFor(count: number): WallSize {
  return WALL_SIZES.find((size) => size >= count) ?? 16;
}
