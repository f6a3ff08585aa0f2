import { readTimecode, timecodeLayout } from "@overt/sim";
import type { Page } from "playwright-core";

/** Of the sub streams, which is the size of the pictures that come to the screen. */
export const SIZE = { width: 640, height: 480 };

/** A look at one canvas: when, and how bright it was in the middle of each square of the time code. */
export interface Look {
  readonly atMs: number;
  readonly squares: readonly number[];
}

/**
 * Looks at every picture of the page, each time the browser draws a frame or every `everyMs`, as a program in the page.
 * What it saw is judged here, afterwards: reading bits there would compete with what is measured.
 */
export async function watchScreen(page: Page, forMs: number, everyMs: number): Promise<Look[][]> {
  const { square, bits } = timecodeLayout(SIZE.width, SIZE.height);
  return page.evaluate(
    async ({ square, squares, width, forMs, everyMs }) => {
      const canvases = [...document.querySelectorAll("canvas")];
      const seen: { atMs: number; squares: number[] }[][] = canvases.map(() => []);
      const end = performance.now() + forMs;
      let next = performance.now();
      while (performance.now() < end) {
        await new Promise(requestAnimationFrame);
        if (performance.now() < next) continue;
        next = performance.now() + everyMs;
        for (const [i, canvas] of canvases.entries()) {
          if (canvas.width < 100 || canvas.hidden) continue;
          const scale = canvas.width / width;
          const atMs = Date.now();
          const row = canvas.getContext("2d")?.getImageData(0, Math.floor((square / 2) * scale), canvas.width, 1).data;
          if (!row) continue;
          const look = Array.from(
            { length: squares },
            (_, n) => row[Math.floor((n + 0.5) * square * scale) * 4 + 1] ?? 0,
          );
          seen[i]?.push({ atMs, squares: look });
        }
      }
      return seen;
    },
    { square, squares: bits + 3, width: SIZE.width, forMs, everyMs },
  );
}

/** @returns undefined where no whole time code is legible */
export function codeOf({ squares }: Look): number | undefined {
  const { square } = timecodeLayout(SIZE.width, SIZE.height);
  return readTimecode(SIZE.width, SIZE.height, (x) => squares[Math.floor(x / square)] ?? 0);
}

/** Each time code as it is first seen. */
export function arrivals(looks: readonly Look[]): { atMs: number; code: number }[] {
  const found: { atMs: number; code: number }[] = [];
  for (const look of looks) {
    const code = codeOf(look);
    if (code !== undefined && code !== found.at(-1)?.code) found.push({ atMs: look.atMs, code });
  }
  return found;
}
