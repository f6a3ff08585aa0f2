export { boundOf } from "./solver/certificate.ts";
export { COVERING_LIMITS, type Covering, type CoveringModel, makeCovering } from "./solver/covering.ts";
export { type CurvePoint, curve } from "./solver/curve.ts";
export { type NestedPlan, type NestedYear, nested } from "./solver/nested.ts";
export { type OrLibraryFiles, parseOrLibrary } from "./solver/orlib.ts";
export type { Answer, Certificate, Question } from "./solver/question.ts";
export { type SolveOptions, solve, solved } from "./solver/solve.ts";
