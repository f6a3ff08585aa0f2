/** What one stream of a camera sends, as far as anyone knows. */
export interface StreamProfile {
  readonly name: string;
  /** `h264`, `h265`, `mjpeg` … */
  readonly codec: string | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly fps: number | null;
  readonly kbitPerS: number | null;
}

const NAME = /[^a-z0-9_.-]/gi;

/**
 * `main h265 3840x2160 25fps 8000kbit/s`: a name, then what is known, in any order.
 * Null where a word of it is not understood.
 */
export function readStream(text: string): StreamProfile | null {
  const [name = "", ...words] = text.split(/\s+/);
  const found = { codec: null as string | null, widthPx: null, heightPx: null, fps: null, kbitPerS: null } as {
    -readonly [K in keyof Omit<StreamProfile, "name">]: StreamProfile[K];
  };
  for (const word of words) {
    const size = /^(\d{1,5})x(\d{1,5})$/i.exec(word);
    const rate = /^(\d+(?:\.\d+)?)(fps|kbit\/s|mbit\/s)$/i.exec(word);
    if (size) [found.widthPx, found.heightPx] = [Number(size[1]), Number(size[2])];
    else if (rate?.[2]?.toLowerCase() === "fps") found.fps = Number(rate[1]);
    else if (rate) found.kbitPerS = Number(rate[1]) * (rate[2]!.toLowerCase() === "mbit/s" ? 1_000 : 1);
    else if (/^[a-z][a-z0-9.+-]*$/i.test(word) && found.codec === null) found.codec = word.toLowerCase();
    else return null;
  }
  return { name, ...found };
}

export function writeStream({ name, codec, widthPx, heightPx, fps, kbitPerS }: StreamProfile): string {
  const size = widthPx === null || heightPx === null ? [] : [`${widthPx}x${heightPx}`];
  const rates = [...(fps === null ? [] : [`${fps}fps`]), ...(kbitPerS === null ? [] : [`${kbitPerS}kbit/s`])];
  return [name.replace(NAME, "_") || "stream", ...(codec === null ? [] : [codec]), ...size, ...rates].join(" ");
}
