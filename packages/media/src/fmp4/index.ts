export type { Fmp4Format, ReadInit, ReadSample, SampleDefaults } from "./format.ts";
export { fragment, fragmentSize, writeFragment, type Fragment, type FragmentSample } from "./fragment.ts";
export { initSegment } from "./init.ts";
export { readFragment, type ReadFragment, type ReadOptions } from "./read-fragment.ts";
export { readInit } from "./read-init.ts";
export { splitFragments } from "./split.ts";
