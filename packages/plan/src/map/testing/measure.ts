import { intersection } from "../clip.ts";
import { areaM2, type Shape } from "../shape.ts";

export { areaM2 };

/** Ground that two shapes share, m². */
export const intersects = (a: Shape, b: Shape): number => areaM2(intersection([a], [b]));
