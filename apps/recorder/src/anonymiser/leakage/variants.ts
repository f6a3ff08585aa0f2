import type { PicturePlanes } from "@overt/media/pixels";
import type { DecodedPicture, PictureSize } from "../codec/decoder.ts";
import { FileReader } from "../codec/file-reader.ts";
import { copyPart, copyPicture, emptyPicture } from "./picture-copy.ts";
import type { PersonBox } from "./people-boxes.ts";

const FROZEN_PEOPLE = 8;
/** Margin around a person who is pasted, as a share of the box. */
const PASTE_MARGIN = 0.08;

/** A person cut out of one picture, to stand in every other. */
export interface FrozenPerson {
  readonly box: PersonBox;
  readonly from: PicturePlanes;
}

/** Real people from different moments of the clip, at places that do not overlap. */
export async function frozenPeople(
  path: string,
  size: PictureSize,
  boxes: ReadonlyMap<number, readonly PersonBox[]>,
): Promise<FrozenPerson[]> {
  const chosen = new Map<number, PersonBox[]>();
  const taken: PersonBox[] = [];
  for (const [frame, people] of boxes)
    for (const box of people) {
      if (taken.length >= FROZEN_PEOPLE || (chosen.get(frame)?.length ?? 0) >= 1) continue;
      if (box.left < 0.02 || box.right > 0.98 || box.bottom > 0.97 || crowded(box, people) || meets(box, taken, 0.02))
        continue;
      chosen.set(frame, [...(chosen.get(frame) ?? []), box]);
      taken.push(box);
    }
  const found: FrozenPerson[] = [];
  const last = Math.max(...chosen.keys());
  await eachPicture(path, size, last, ({ planes }, frame) => {
    const people = chosen.get(frame);
    if (!people) return;
    const from = emptyPicture(size.width, size.height);
    copyPicture(planes, from);
    for (const box of people) found.push({ box, from });
  });
  return found;
}

export function paste(person: FrozenPerson, picture: PicturePlanes): void {
  const { left, top, right, bottom } = person.box;
  const dx = (right - left) * PASTE_MARGIN;
  const dy = (bottom - top) * PASTE_MARGIN;
  const even = (share: number, size: number) => Math.min(size, Math.max(0, Math.round((share * size) / 2) * 2));
  const x = even(left - dx, picture.width);
  const y = even(top - dy, picture.height);
  const width = even(right + dx, picture.width) - x;
  const height = even(bottom + dy, picture.height) - y;
  copyPart(person.from, picture, { left: x, top: y, width, height });
}

/** Exposure steps as a camera's automatic makes them when clouds pass: down at once, up at once, and back. */
export function dim(picture: PicturePlanes, frame: number): void {
  const gain = frame < 260 ? 1 : frame < 420 ? 0.72 : frame < 580 ? 1.25 : 0.85;
  for (let at = 0; at < picture.y.length; at++)
    picture.y[at] = Math.min(235, Math.max(16, Math.round(((picture.y[at] as number) - 16) * gain) + 16));
}

/** A mast in the wind: up to two pixels each way. @returns how far the picture was moved. */
export function shake(picture: PicturePlanes, frame: number, spare: PicturePlanes): void {
  const dx = Math.round(2 * Math.sin(frame * 1.7) * Math.cos(frame * 0.31));
  const dy = Math.round(2 * Math.cos(frame * 1.3) * Math.sin(frame * 0.47));
  copyPicture(picture, spare);
  const { width, height, strideY } = picture;
  for (let row = 0; row < height; row++) {
    const from = Math.min(height - 1, Math.max(0, row + dy)) * strideY;
    for (let column = 0; column < width; column++)
      picture.y[row * strideY + column] = spare.y[from + Math.min(width - 1, Math.max(0, column + dx))] as number;
  }
}

/** Gives each picture of a file, scaled, with its number from 1. It is only valid during the call. */
export async function eachPicture(
  path: string,
  size: PictureSize,
  last: number,
  onPicture: (picture: DecodedPicture, frame: number) => void | Promise<void>,
): Promise<void> {
  const reader = new FileReader(path, size);
  for (let frame = 1; frame <= last; frame++) {
    const picture = reader.next();
    if (!picture) break;
    await onPicture(picture, frame);
  }
  reader.close();
}

/** Nobody else stands in or beside the box, so that one person alone is cut out. */
function crowded(box: PersonBox, people: readonly PersonBox[]): boolean {
  return meets(
    box,
    people.filter((other) => other !== box),
    0.01,
  );
}

function meets(box: PersonBox, others: readonly PersonBox[], margin: number): boolean {
  return others.some(
    ({ left, top, right, bottom }) =>
      left - margin < box.right && right + margin > box.left && top - margin < box.bottom && bottom + margin > box.top,
  );
}
