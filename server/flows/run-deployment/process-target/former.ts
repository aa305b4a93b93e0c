import type { Run } from "../run.ts";
import { readPlace } from "../take-pool.ts";

/** What is live before the run's release is, as it is known now: it may have been marked bad meanwhile. */
export async function readFormer(run: Run): Promise<{ isBad: boolean; isElsewhere: boolean } | null> {
  const { live, isLiveBad: isBad, isLiveElsewhere: isElsewhere } = await readPlace(run.ctx, run);
  return live === null ? null : { isBad, isElsewhere };
}
