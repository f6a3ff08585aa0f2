import { fc, test } from "@fast-check/vitest";
import { concatBytes } from "@overt/core";
import { expect } from "vitest";
import { splitAnnexB } from "./annexb.ts";

const START_CODES = [Uint8Array.of(0, 0, 1), Uint8Array.of(0, 0, 0, 1)];

/** A NAL unit: no three bytes of it look like a start code, and it does not end in zero. */
const anyNal = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .map((bytes) => Uint8Array.from(bytes, (byte, i) => (byte < 2 || i === bytes.length - 1 ? byte | 4 : byte)));

test.prop([fc.array(fc.tuple(anyNal, fc.constantFrom(...START_CODES)), { maxLength: 8 })])(
  "an Annex B stream gives back the units that it was made of, whatever the length of their start codes",
  (parts) => {
    const stream = concatBytes(parts.flatMap(([nal, code]) => [code, nal]));
    expect(splitAnnexB(stream)).toEqual(parts.map(([nal]) => nal));
  },
);
