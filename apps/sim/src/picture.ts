/** One picture as planes of YUV 4:2:0, limited range (BT.601), rows without padding. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** A black picture. Width and height are even, as 4:2:0 needs. */
export function blankPicture(width: number, height: number): Picture {
  const chroma = (width >> 1) * (height >> 1);
  return {
    width,
    height,
    y: new Uint8Array(width * height).fill(16),
    u: new Uint8Array(chroma).fill(128),
    v: new Uint8Array(chroma).fill(128),
  };
}

/** Something that can be filmed: pictures at any time of a loop. */
export interface PictureSource {
  readonly width: number;
  readonly height: number;
  /** Pictures of the loop in order, each valid until the next is asked for. */
  pictures(fps: number, count: number): AsyncIterable<Picture>;
}
