import type { VideoCodec } from "../codec/annexb.ts";
import { nalType } from "../codec/annexb.ts";
import type { AccessUnit } from "../codec/unit.ts";
import { accessUnit } from "../codec/unit.ts";
import type { Fault } from "./fault.ts";

const isSps = (codec: VideoCodec, nal: Uint8Array) => nalType(codec, nal) === (codec === "h264" ? 7 : 33);

function editSps(codec: VideoCodec, unit: AccessUnit, edit: (sps: Uint8Array) => Uint8Array): AccessUnit {
  const nals = unit.nals.map((nal) => (isSps(codec, nal) ? edit(nal) : nal));
  return accessUnit(nals, unit.key, unit.displayIndex);
}

/** `level_idc` (H.264) or `general_level_idc` (H.265): a decoder needs neither. */
function raiseLevel(codec: VideoCodec, sps: Uint8Array): Uint8Array {
  const copy = sps.slice();
  const at = codec === "h264" ? 3 : h265LevelAt(sps);
  copy[at] = codec === "h264" ? 51 : 153;
  return copy;
}

/** Behind 2 bytes of header, 1 of ids and 11 of profile, emulation prevention not counted (H.265 §7.3.1.1, §7.3.3). */
function h265LevelAt(sps: Uint8Array): number {
  let zeros = 0;
  let plain = 0;
  for (let at = 0; at < sps.length; at++) {
    if (zeros >= 2 && sps[at] === 3) {
      zeros = 0;
      continue;
    }
    if (plain === 14) return at;
    plain++;
    zeros = sps[at] === 0 ? zeros + 1 : 0;
  }
  return sps.length - 1;
}

/** Faults of the pictures themselves: what is sent is also what `sentAccessUnits` tells. */
export const UNIT_FAULTS: readonly Fault[] = [
  { name: "rtp-13", does: "Sends B pictures, two between references, in decode order.", stream: { bPictures: 2 } },
  { name: "b-pictures", does: "Sends B pictures, two between references, in decode order.", stream: { bPictures: 2 } },
  {
    name: "rtp-14",
    does: "Changes between two parameter sets that differ in nothing that matters, at each key picture.",
    stream: {
      units(codec, units) {
        let keys = 0;
        return units.map((unit) =>
          unit.key && ++keys % 2 === 0 ? editSps(codec, unit, (sps) => raiseLevel(codec, sps)) : unit,
        );
      },
    },
  },
  {
    name: "rtp-15",
    does: "Changes to three quarters of its size and back at key pictures, half a loop each.",
    stream: { resize: true },
  },
  {
    name: "resolution-change",
    does: "Changes to three quarters of its size and back at key pictures, half a loop each.",
    stream: { resize: true },
  },
  {
    name: "rtp-17",
    does: "Has a stray byte behind its SPS.",
    stream: {
      units: (codec, units) =>
        units.map((unit) => (unit.key ? editSps(codec, unit, (sps) => Uint8Array.of(...sps, 0x80)) : unit)),
    },
  },
  { name: "rec-10", does: "Sends a key picture every 4 minutes only.", stream: { gopSeconds: 240 } },
  { name: "gop-4min", does: "Sends a key picture every 4 minutes only.", stream: { gopSeconds: 240 } },
];
