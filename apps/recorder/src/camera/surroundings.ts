import type { GapCause, OvertError } from "@overt/core";
import type { CameraStatus } from "@overt/link";
import type { ChunkPool } from "@overt/media/rtp";
import type { VerifyBytes } from "@overt/rules";
import type { Crc32c, Sign } from "@overt/seal";
import type { GroundFiles } from "../anonymiser/ground-file.ts";
import type { AnonymiserPool } from "../anonymiser/index.ts";
import type { Clock } from "../clock.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { LiveHub } from "../live/hub.ts";
import type { Volumes } from "../store/volumes.ts";
import type { FileUnder } from "../tracks/gap-keeper.ts";
import type { RecordPool } from "../tracks/record-pool.ts";
import type { ConnectLimiter } from "./connect-limiter.ts";

/** What a camera needs of its recorder. */
export interface Surroundings {
  readonly site: CameraStatus["site"];
  readonly clock: Clock;
  readonly volumes: Volumes;
  readonly records: RecordPool;
  /** Where pictures lie, in the clear, until they are sealed. */
  readonly chunks: ChunkPool;
  readonly keyring: Keyring;
  readonly pool: AnonymiserPool;
  readonly grounds: GroundFiles;
  readonly hub: LiveHub;
  readonly limiter: ConnectLimiter;
  readonly overseer: VerifyBytes;
  readonly sign: Sign;
  readonly crc32c: Crc32c;
  /** Why the recorder was away before it started. */
  readonly awayCause: GapCause;
  /** Under which cause a gap is filed. */
  readonly fileUnder: FileUnder;
  /** False: nobody could ever open an original, so none is kept. */
  readonly hasCustodians: boolean;
  readonly onError: (error: OvertError) => void;
}
