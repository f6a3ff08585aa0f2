import { OvertError } from "@overt/core";
import { describe, expect, test } from "vitest";
import { openScene } from "./scene.ts";
import { SCENE_NAMES } from "./scenes.ts";

const SIZE = { width: 320, height: 240, loopSeconds: 12 };

describe.each(SCENE_NAMES)("the scene %s", (name) => {
  test("is the same each time it is drawn, and moves", () => {
    const luma = (seconds: number, number: number) => Buffer.from(openScene(name, SIZE).draw(seconds, number).y);
    expect(luma(3, 30).equals(luma(3, 30))).toBe(true);
    expect(luma(3, 30).equals(luma(4, 30))).toBe(false);
  });

  test("comes round: the end of the loop is its start", () => {
    const scene = openScene(name, SIZE);
    const start = Buffer.from(scene.draw(0, 5).y);
    expect(Buffer.from(scene.draw(SIZE.loopSeconds, 5).y).equals(start)).toBe(true);
  });

  test("has whole figures in the picture at any time", () => {
    const scene = openScene(name, SIZE);
    for (let seconds = 0; seconds < SIZE.loopSeconds; seconds += 2)
      expect(scene.figures(seconds).length).toBeGreaterThan(2);
  });
});

test("people who are frozen from the start are there in every picture, at one place", () => {
  const boxes = (frozenFigures: number, seconds: number) =>
    new Set(
      openScene("market", { ...SIZE, frozenFigures })
        .figures(seconds)
        .map((box) => JSON.stringify(box)),
    );
  const added = [...boxes(3, 0)].filter((box) => !boxes(0, 0).has(box));
  expect(added.length).toBe(3);
  for (const seconds of [2.5, 7]) expect(added.every((box) => boxes(3, seconds).has(box))).toBe(true);
});

test("another seed puts other people in", () => {
  const luma = (seed: number) => Buffer.from(openScene("harbour", { ...SIZE, seed }).draw(2, 1).y);
  expect(luma(1).equals(luma(2))).toBe(false);
});

test("an unknown scene is refused with the list of those that are known", () => {
  try {
    openScene("beach", SIZE);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(OvertError);
    expect(error).toMatchObject({
      code: "SIM_SCENE_UNKNOWN",
      hint: expect.stringContaining("market, station, bridge"),
    });
  }
});
