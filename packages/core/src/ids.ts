import { OvertError } from "./errors.ts";

declare const brand: unique symbol;
/** A value of type `T` that only the named maker can produce. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** One imaging channel. Lower-case ASCII, so that it fits 32 bytes of a record header and any URL. */
export type CameraId = Brand<string, "CameraId">;
/** The place where a recorder stands. */
export type SiteId = Brand<string, "SiteId">;
/** One recorder process and the directory that it owns. */
export type RecorderId = Brand<string, "RecorderId">;
/** 16 random bytes in hex: the span that one seal key covers for one camera and track. */
export type EpochId = Brand<string, "EpochId">;
/** 32 random bytes in hex; also the HKDF salt of the segment's key. */
export type SegmentId = Brand<string, "SegmentId">;

/** What is kept or shown of a camera: sealed `original`, or the `anonymised` one that operators get. */
export type Track = "original" | "anonymised";
export const TRACKS: readonly Track[] = ["original", "anonymised"];

/** What an id of a camera, site or recorder looks like, for schemas at the edge. */
export const ID_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

function named<Name extends string>(kind: string, text: string): Brand<string, Name> {
  if (!ID_PATTERN.test(text))
    throw new OvertError("ID_INVALID", `"${text}" is not a valid ${kind} id.`, {
      hint: "Use 1 to 32 of a-z, 0-9 and -, starting and ending with a letter or digit.",
    });
  return text as Brand<string, Name>;
}

/** @throws OvertError `ID_INVALID` */
export const cameraId = (text: string): CameraId => named<"CameraId">("camera", text);
/** @throws OvertError `ID_INVALID` */
export const siteId = (text: string): SiteId => named<"SiteId">("site", text);
/** @throws OvertError `ID_INVALID` */
export const recorderId = (text: string): RecorderId => named<"RecorderId">("recorder", text);

function hexId<Name extends string>(kind: string, text: string, digits: number): Brand<string, Name> {
  if (text.length !== digits || !/^[0-9a-f]+$/.test(text))
    throw new OvertError("ID_INVALID", `"${text.slice(0, 80)}" is not a valid ${kind} id.`, {
      hint: `It has ${digits} lower-case hexadecimal digits.`,
    });
  return text as Brand<string, Name>;
}

/** @throws OvertError `ID_INVALID` */
export const epochId = (text: string): EpochId => hexId<"EpochId">("epoch", text, 32);
/** @throws OvertError `ID_INVALID` */
export const segmentId = (text: string): SegmentId => hexId<"SegmentId">("segment", text, 64);
