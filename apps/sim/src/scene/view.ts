/**
 * A camera above a flat ground, drawn with a shifted lens, so that uprights stay upright.
 * Ground coordinates in metres: x to the right, z away from the camera, height up.
 */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Focal length in pixels. */
  readonly focal: number;
  /** Row of the horizon. */
  readonly horizon: number;
  /** Height of the lens in metres. */
  readonly eye: number;
}

export interface Lens {
  /** Focal length in picture heights. */
  readonly focal: number;
  /** Row of the horizon as a share of the height. */
  readonly horizon: number;
  readonly eye: number;
}

export function viewOf(lens: Lens, width: number, height: number): View {
  // Measured in picture widths of 4:3, so that a wider picture shows more at the sides and nothing else.
  return { width, height, focal: lens.focal * height, horizon: lens.horizon * height, eye: lens.eye };
}

export function column(view: View, x: number, z: number): number {
  return view.width / 2 + (view.focal * x) / z;
}

export function row(view: View, height: number, z: number): number {
  return view.horizon + (view.focal * (view.eye - height)) / z;
}

/** Pixels per metre at distance `z`. */
export function scaleAt(view: View, z: number): number {
  return view.focal / z;
}
