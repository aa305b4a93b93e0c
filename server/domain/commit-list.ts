import type { FactState } from "./conditions.ts";
import type { Commit, LiveRelease, Moment } from "./read-models.ts";

export interface CommitRow extends Commit {
  body: string;
  isLive: boolean;
  /** Already in what is live. */
  isIncluded: boolean;
  releaseNumber: number | null;
  /** What CI reported last; null where it has not. */
  ci: FactState | null;
}

export interface CommitList {
  branch: string;
  branches: string[];
  refreshedAt: Moment;
  /** Why the remote could not be asked; what is shown is older. */
  problem: string | null;
  items: CommitRow[];
  nextBefore: string | null;
  live: LiveRelease | null;
}
