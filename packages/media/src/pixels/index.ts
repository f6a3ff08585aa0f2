export type { Box, DetectionScale } from "./boxes.ts";
export { type Layout, layoutOf } from "./layout.ts";
export { paintBlank } from "./paint.ts";
export type { PicturePlanes } from "./picture.ts";
export { type Hidden, Scene, type SceneOptions, type SceneState } from "./scene.ts";
export type { Polygon } from "./spaces.ts";
