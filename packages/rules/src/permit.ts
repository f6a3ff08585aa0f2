import { type CameraId, days, type Instant, iso } from "@overt/core";
import { z } from "zod";
import { CameraIdText, firstIssue, InstantText } from "./fields.ts";
import { type VerifyBytes, verifyStatement } from "./signed.ts";

/** From least to most that operators see. */
export const ANONYMISED_MODES = ["none", "slow", "full"] as const;
export type AnonymisedMode = (typeof ANONYMISED_MODES)[number];

/** What a camera's footage does on a disk that is full before its retention has passed. */
export const WHEN_FULL = ["oldest", "stop"] as const;
export type WhenFull = (typeof WHEN_FULL)[number];

/** Share of the picture's width and height, from the upper left. */
const PicturePoint = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]);

const Statement = z.strictObject({
  v: z.literal(1),
  camera: CameraIdText,
  /** Of the public register. */
  number: z.number().int().positive(),
  name: z.string().min(1).max(120),
  place: z.strictObject({
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
    text: z.string().max(200),
  }),
  purpose: z.string().min(1).max(2_000),
  legalBasis: z.string().min(1).max(500),
  fieldOfView: z
    .strictObject({
      /** Clockwise from north. */
      bearingDeg: z.number().min(0).lt(360),
      angleDeg: z.number().positive().max(360),
      rangeM: z.number().positive().max(10_000),
    })
    .optional(),
  /** At least a minute, at most ten years. */
  retentionMs: z.number().int().min(60_000).max(days(3_653)),
  /**
   * `oldest`: what it recorded first makes room, as far as it holds more than its share. `stop`: what is there keeps its
   * retention, and nothing new is recorded until there is room.
   */
  whenFull: z.enum(WHEN_FULL).default("oldest"),
  from: InstantText,
  until: InstantText,
  anonymisedMode: z.enum(ANONYMISED_MODES),
  /** Time between two stills in the mode `slow`. */
  stillEveryMs: z.number().int().min(1_000).max(3_600_000).optional(),
  look: z.enum(["blocks", "silhouette"]),
  /** Polygons that no track may ever show. */
  privateSpaces: z.array(z.array(PicturePoint).min(3).max(64)).max(64),
  /** Pixels of the picture that the private spaces were drawn on: that of the sub stream, where there is one. */
  drawnOn: z.strictObject({ width: z.number().int().positive(), height: z.number().int().positive() }).optional(),
  /** Whether a sealed original may be kept. */
  original: z.boolean(),
  /** Pixels of the original. */
  maxWidth: z.number().int().positive().optional(),
  maxHeight: z.number().int().positive().optional(),
});

export const PermitPayload = Statement.refine(({ privateSpaces, drawnOn }) => privateSpaces.length === 0 || drawnOn, {
  path: ["drawnOn"],
  message: "private spaces need the size of the picture that they were drawn on",
});

export type Permit = z.output<typeof PermitPayload>;
/** As it stands in a file: times are text. */
export type PermitText = z.input<typeof PermitPayload>;

export type PermitDenial = {
  readonly decision: "deny";
  readonly code:
    | "permit_unreadable"
    | "permit_signature"
    | "permit_wrong_camera"
    | "permit_not_yet"
    | "permit_ended"
    | "permit_too_wide"
    | "permit_mode"
    | "checkpoint_too_old";
  readonly reason: string;
  readonly hint: string;
};

export interface PermitFacts {
  readonly camera: CameraId;
  /** Pixels of what the camera sends; `null` while nothing has come. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  /** What is about to run; it may be less than the permit allows, as the machine's room has it. */
  readonly mode: AnonymisedMode;
  /** When the last cosigned checkpoint was heard; `null` as long as no ledger is configured. */
  readonly lastCheckpoint: Instant | null;
}

/** How long a recorder goes on under what it last heard. */
const CHECKPOINT_LIMIT_MS = days(7);

/** A permit from its file. The signature is checked once, what follows from it at each decision. */
export async function readPermit(signed: unknown, overseer: VerifyBytes): Promise<Permit | PermitDenial> {
  const statement = await verifyStatement("permit", signed, overseer);
  if ("refused" in statement)
    return statement.refused === "unreadable"
      ? deny("permit_unreadable", "The permit is no signed statement.", "Make it with `overt permit sign`.")
      : deny(
          "permit_signature",
          "The permit is not signed by the overseer.",
          "Check the overseer's public key, or sign it anew.",
        );
  const permit = PermitPayload.safeParse(statement.payload);
  if (permit.success && permit.data.from < permit.data.until) return permit.data;
  const why = permit.success ? "until: not after from" : firstIssue(permit.error);
  return deny(
    "permit_unreadable",
    `The permit does not say what a permit must say (${why}).`,
    "Correct it and sign it anew.",
  );
}

/** Whether a camera may be recorded at `now`, by trusted time. */
export function permitDecision(
  permit: Permit,
  facts: PermitFacts,
  now: Instant,
): { readonly decision: "allow" } | PermitDenial {
  if (permit.camera !== facts.camera)
    return deny(
      "permit_wrong_camera",
      `The permit is for ${permit.camera}, not ${facts.camera}.`,
      "Give each camera its own permit.",
    );
  if (now < permit.from)
    return deny(
      "permit_not_yet",
      `The permit of ${permit.camera} begins at ${iso(permit.from)}.`,
      "Recording begins by itself then.",
    );
  if (now >= permit.until)
    return deny(
      "permit_ended",
      `The permit of ${permit.camera} ended at ${iso(permit.until)}.`,
      "Ask the overseer for a new one.",
    );
  if (ANONYMISED_MODES.indexOf(facts.mode) > ANONYMISED_MODES.indexOf(permit.anonymisedMode))
    return deny(
      "permit_mode",
      `${permit.camera} may be shown as "${permit.anonymisedMode}", not as "${facts.mode}".`,
      "Lower the mode.",
    );
  if (facts.lastCheckpoint !== null && now - facts.lastCheckpoint > CHECKPOINT_LIMIT_MS)
    return deny(
      "checkpoint_too_old",
      `No checkpoint was heard since ${iso(facts.lastCheckpoint)}.`,
      "Let the recorder reach the ledger.",
    );
  return tooWide(permit, facts.picture) ?? { decision: "allow" };
}

/** How far the two shapes may differ: encoders cut a few lines to whole blocks. */
const SHAPE_TOLERANCE = 0.02;

/**
 * Whether private spaces lie where they were drawn in a picture of this size. Shares of a picture name the same places
 * only in a picture of the same shape: another one is cut or squeezed, and nobody here knows how.
 */
export function privateSpacesFit(
  { privateSpaces, drawnOn }: Pick<Permit, "privateSpaces" | "drawnOn">,
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  if (privateSpaces.length === 0) return true;
  if (!drawnOn) return false;
  return Math.abs((width * drawnOn.height) / (height * drawnOn.width) - 1) <= SHAPE_TOLERANCE;
}

function tooWide(
  { camera, maxWidth = Infinity, maxHeight = Infinity }: Permit,
  picture: PermitFacts["picture"],
): PermitDenial | null {
  if (!picture || (picture.width <= maxWidth && picture.height <= maxHeight)) return null;
  const { width, height } = picture;
  return deny(
    "permit_too_wide",
    `${camera} sends ${width}×${height} and is registered for at most ${maxWidth}×${maxHeight}.`,
    "Set the camera to the registered size, or register the larger one.",
  );
}

function deny(code: PermitDenial["code"], reason: string, hint: string): PermitDenial {
  return { decision: "deny", code, reason, hint };
}
