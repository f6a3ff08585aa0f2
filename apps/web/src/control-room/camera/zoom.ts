/** Part of a picture: its upper left corner as shares of the whole, and how much larger it is shown. */
export interface Zoom {
  readonly factor: number;
  readonly x: number;
  readonly y: number;
}

export const UNZOOMED: Zoom = { factor: 1, x: 0, y: 0 };
const LARGEST = 8;

/** Zooms and keeps what lies at (`x`, `y`) of the frame, as shares, where it is. */
export function zoomedAround(zoom: Zoom, by: number, x: number, y: number): Zoom {
  const factor = Math.min(Math.max(zoom.factor * by, 1), LARGEST);
  const shift = 1 / zoom.factor - 1 / factor;
  return within({ factor, x: zoom.x + x * shift, y: zoom.y + y * shift });
}

/** Moves by shares of the whole picture; it never leaves it. */
export const moved = (zoom: Zoom, x: number, y: number): Zoom => within({ ...zoom, x: zoom.x + x, y: zoom.y + y });

function within({ factor, x, y }: Zoom): Zoom {
  const most = 1 - 1 / factor;
  return { factor, x: Math.min(Math.max(x, 0), most), y: Math.min(Math.max(y, 0), most) };
}
