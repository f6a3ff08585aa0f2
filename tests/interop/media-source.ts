/** What a page is asked to append, and where to look then. */
export interface Play {
  readonly type: string;
  /** Base64, in order of appending. */
  readonly pieces: readonly string[];
  /** Added by the browser to all times of the pieces. */
  readonly offsetSeconds: number;
  readonly seekTo: readonly number[];
}

export interface Played {
  readonly ranges: readonly (readonly [fromSeconds: number, toSeconds: number])[];
  readonly durationSeconds: number;
  /** The picture that each seek brought to the screen. */
  readonly shown: readonly { readonly atSeconds: number; readonly width: number; readonly height: number }[];
  readonly error: string | null;
}

/** Runs inside the page, so it may refer to nothing outside itself. */
export async function playInPage({ type, pieces, offsetSeconds, seekTo }: Play): Promise<Played> {
  const happens = (target: EventTarget, event: string) =>
    new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
  const video = document.createElement("video");
  video.muted = true;
  document.body.replaceChildren(video);
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await happens(source, "sourceopen");
  const buffer = source.addSourceBuffer(type);
  buffer.timestampOffset = offsetSeconds;
  for (const piece of pieces) {
    const appended = happens(buffer, "updateend");
    buffer.appendBuffer(Uint8Array.from(atob(piece), (character) => character.charCodeAt(0)));
    await appended;
    if (video.error) break;
  }
  // Without it the decoder keeps the last pictures back until more come.
  if (!video.error) source.endOfStream();
  const shown: { atSeconds: number; width: number; height: number }[] = [];
  for (const time of video.error ? [] : seekTo) {
    const picture = new Promise<VideoFrameCallbackMetadata>((resolve) =>
      video.requestVideoFrameCallback((_, metadata) => resolve(metadata)),
    );
    video.currentTime = time;
    const { mediaTime, width, height } = await picture;
    shown.push({ atSeconds: mediaTime, width, height });
  }
  const ranges = Array.from({ length: buffer.buffered.length }, (_, index) => {
    return [buffer.buffered.start(index), buffer.buffered.end(index)] as const;
  });
  return { ranges, durationSeconds: source.duration, shown, error: video.error?.message ?? null };
}
