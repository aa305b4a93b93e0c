import { and, asc, eq, inArray } from "drizzle-orm";
import { commitFacts } from "#db/schema/commit-facts.ts";
import type { CommitFact } from "#server/domain/conditions.ts";
import type { Context } from "#server/kernel/context.ts";
import { toCommitFact } from "./commit-fact.ts";

/** What was reported last about each of these commits, by SHA; commits without a report are left out. */
export async function listFacts(
  ctx: Context,
  serviceId: number,
  shas: readonly string[],
): Promise<Map<string, CommitFact[]>> {
  const facts = new Map<string, CommitFact[]>();
  if (shas.length === 0) return facts;
  const rows = await ctx.db
    .select()
    .from(commitFacts)
    .where(and(eq(commitFacts.serviceId, serviceId), inArray(commitFacts.sha, [...shas])))
    .orderBy(asc(commitFacts.fact));
  for (const row of rows) facts.set(row.sha, [...(facts.get(row.sha) ?? []), toCommitFact(row)]);
  return facts;
}
