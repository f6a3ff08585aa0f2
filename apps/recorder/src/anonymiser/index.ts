export {
  type AnonymisedPicture,
  AnonymiserPool,
  type AnonymiserState,
  type CameraOptions,
  type PoolOptions,
} from "./pool.ts";
