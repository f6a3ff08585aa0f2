import type { Feed, SentPicture } from "../server/feed.ts";
import { LoopFeed } from "../server/feed.ts";
import { RealtimeFeed } from "../server/realtime-feed.ts";
import type { StreamFault } from "../fault/fault.ts";
import type { PrepareOptions } from "./prepare.ts";
import { openSource, prepareStream } from "./prepare.ts";
import type { PreparedStream } from "./stored.ts";
import { preparedStream } from "./stored.ts";

/** The feed of one stream, as the camera's faults make it. */
export async function openFeed(
  options: PrepareOptions,
  { realtime = false, aheadMs = 0 }: { readonly realtime?: boolean; readonly aheadMs?: number },
  faults: readonly StreamFault[],
  onPicture: (picture: SentPicture) => void,
): Promise<Feed> {
  if (!realtime) return new LoopFeed(await prepareFaulty(options, faults), aheadMs, onPicture);
  const source = await openSource(options);
  const { codec, fps, bitrate, marks = {} } = options;
  return RealtimeFeed.open({ source, codec, fps, bitrateBps: bitrate, marks }, onPicture);
}

async function prepareFaulty(options: PrepareOptions, faults: readonly StreamFault[]): Promise<PreparedStream> {
  let changed = options;
  for (const { gopSeconds, bPictures } of faults) {
    if (bPictures !== undefined) changed = { ...changed, bPictures };
    if (gopSeconds !== undefined) changed = withLongGroups(changed, gopSeconds);
  }
  let stream = await prepareStream(changed);
  if (faults.some(({ resize }) => resize)) stream = await alternateSize(stream, changed);
  for (const { units } of faults)
    if (units) stream = preparedStream(stream.path, stream, units(stream.codec, stream.units));
  return stream;
}

function withLongGroups(options: PrepareOptions, gopSeconds: number): PrepareOptions {
  const { fps, seconds } = options;
  return { ...options, seconds: gopSeconds, sceneSeconds: seconds, gop: gopSeconds * fps };
}

/** The first half of the loop as it is, the second at three quarters of the size. */
async function alternateSize(stream: PreparedStream, options: PrepareOptions): Promise<PreparedStream> {
  const shrink = (pixels: number) => Math.round((pixels * 3) / 8) * 2;
  const small = await prepareStream({ ...options, width: shrink(options.width), height: shrink(options.height) });
  const half = Math.floor(stream.units.length / 2);
  const cut = stream.units.findIndex((unit, i) => i >= half && unit.key);
  if (cut < 0 || !small.units[cut]?.key) return stream;
  return preparedStream(stream.path, stream, [...stream.units.slice(0, cut), ...small.units.slice(cut)]);
}
