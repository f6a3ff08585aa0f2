import { checkFigure } from "./network-error.ts";

/** How a store survives the death of disks or servers. */
export type Layout =
  | { readonly kind: "single" }
  /** Two of each: RAID 1 and 10. */
  | { readonly kind: "mirror" }
  /** Groups of so many disks, of which one (RAID 5) or two (RAID 6) hold parity. */
  | { readonly kind: "raid5" | "raid6"; readonly disksPerGroup: number }
  /** An object store that keeps whole copies. */
  | { readonly kind: "copies"; readonly copies: number }
  /** An object store that keeps so many parts of data, and so many that may be lost. */
  | { readonly kind: "erasure"; readonly data: number; readonly parity: number };

/** @throws OvertError `NETWORK_FIGURE_INVALID` */
export function disksFor(
  layout: Layout,
  usableTb: number,
  diskTb: number,
): { readonly rawTb: number; readonly disks: number } {
  checkFigure("A disk's TB", diskTb, 0.001);
  const { unit, usable } = unitOf(layout);
  const units = Math.ceil(usableTb / (usable * diskTb) - 1e-9);
  const disks = units * unit;
  return { rawTb: disks * diskTb, disks };
}

/** What is bought at once, in disks, and how many disks of it can be used. */
function unitOf(layout: Layout): { readonly unit: number; readonly usable: number } {
  switch (layout.kind) {
    case "single":
      return { unit: 1, usable: 1 };
    case "mirror":
      return { unit: 2, usable: 1 };
    case "raid5":
    case "raid6": {
      const parity = layout.kind === "raid5" ? 1 : 2;
      checkFigure("The disks of a group", layout.disksPerGroup, parity + 2, 32);
      return { unit: layout.disksPerGroup, usable: layout.disksPerGroup - parity };
    }
    case "copies":
      checkFigure("The copies", layout.copies, 1, 9);
      return { unit: layout.copies, usable: 1 };
    case "erasure":
      checkFigure("The parts of data", layout.data, 1, 64);
      checkFigure("The parts of parity", layout.parity, 1, 32);
      return { unit: layout.data + layout.parity, usable: layout.data };
  }
}
