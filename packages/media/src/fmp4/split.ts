import { boxesIn } from "./box-reader.ts";
import { invalid } from "./invalid.ts";

/**
 * A whole fragmented file cut into its header and its fragments, as views. What stands before a `moof` (`styp`,
 * `sidx`, `prft`) goes with it; an index at the end is left out.
 *
 * @throws OvertError `FMP4_INVALID` when boxes do not fit or there is no header.
 */
export function splitFragments(bytes: Uint8Array): { readonly init: Uint8Array; readonly fragments: Uint8Array[] } {
  let init: Uint8Array | undefined;
  const fragments: Uint8Array[] = [];
  let from = 0;
  for (const box of boxesIn(bytes, 0, bytes.length)) {
    if (box.type !== "moov" && box.type !== "mdat") continue;
    const part = bytes.subarray(from, box.end);
    if (box.type === "mdat") fragments.push(part);
    else if (init) throw invalid("The file has two headers.");
    else init = part;
    from = box.end;
  }
  if (!init) throw invalid("The file has no header (moov).");
  return { init, fragments };
}
