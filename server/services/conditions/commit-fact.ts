import type { commitFacts } from "#db/schema/commit-facts.ts";
import type { CommitFact } from "#server/domain/conditions.ts";

export function toCommitFact(row: typeof commitFacts.$inferSelect): CommitFact {
  const { fact, state, url, reportedByName, reportedAt } = row;
  return { fact, state, url, reportedByName, reportedAt: reportedAt.toISOString() };
}
