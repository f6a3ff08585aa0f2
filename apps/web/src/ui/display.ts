import { useLocalStorage } from "@mantine/hooks";

/** How a screen is looked at. */
export interface Display {
  readonly distanceM: number;
  /** Size of one CSS pixel. */
  readonly pitchMm: number;
}

/** A desk: 96 pixels an inch, from arm's length. */
const DESK: Display = { distanceM: 0.6, pitchMm: 0.265 };
/** Small letters must subtend this much to be read (AVIXA/ICIA rule, C93). */
const ARC_MINUTES = 10;
/** Height of small letters as a share of the font's size, for the sans-serif fonts in use. */
const X_HEIGHT = 0.52;

export function useDisplay(): readonly [Display, (display: Display) => void] {
  const [display, setDisplay] = useLocalStorage({
    key: "overt-display",
    defaultValue: DESK,
    getInitialValueInEffect: false,
  });
  return [display, setDisplay];
}

/** Smallest font size, in CSS pixels, whose small letters can be read on that screen. */
export function readablePx({ distanceM, pitchMm }: Display): number {
  const letterMm = distanceM * 1000 * Math.tan((ARC_MINUTES / 60) * (Math.PI / 180));
  return letterMm / pitchMm / X_HEIGHT;
}
