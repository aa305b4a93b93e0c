import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { commitFacts } from "#db/schema/commit-facts.ts";
import { services } from "#db/schema/services.ts";
import { type CommitFact, factStates, reportedFacts } from "#server/domain/conditions.ts";
import { isSha } from "#server/domain/git-url.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { toCommitFact } from "./commit-fact.ts";

/** This room owns `commit_facts`: what machines (CI, the Git host) reported about commits. */

const shaSchema = z.string().refine(isSha, "The whole SHA of the commit is needed: 40 hexadecimal digits.");
const factSchema = z.enum(reportedFacts, `A fact is one of ${reportedFacts.join(", ")}.`);
const stateSchema = z.enum(factStates, `A state is one of ${factStates.join(", ")}.`);
const urlSchema = z
  .string()
  .refine(isHttpsUrl, "An https address without user name or password is needed, 2,000 characters at most.")
  .transform((text) => new URL(text).href)
  .nullish();

export interface FactReport {
  serviceSlug: string;
  sha: string;
  fact: (typeof reportedFacts)[number];
  state: (typeof factStates)[number];
  /** Where to read more; https only. */
  url?: string | null | undefined;
}

/**
 * Keeps the newest report on a fact of a commit; the one before it stays in the audit log. The commit need not be
 * known yet: CI may be faster than the next look at the repository. ValidationError names the field; ForbiddenError
 * for a person, since a fact is what a machine found.
 */
export async function reportFact(ctx: Context, report: FactReport): Promise<CommitFact> {
  const { serviceSlug } = report;
  demand(ctx, "reportFacts", serviceSlug);
  if (ctx.actor.kind === "user") {
    throw new ForbiddenError("Facts about commits are reported by machines: use a token.");
  }
  const sha = parseField("sha", shaSchema, report.sha);
  const fact = parseField("fact", factSchema, report.fact);
  const state = parseField("state", stateSchema, report.state);
  const url = parseField("url", urlSchema, report.url) ?? null;
  return inTransaction(ctx, async (tx) => {
    const serviceId = await lockServiceId(tx, serviceSlug);
    await lockFact(tx, `${serviceId} ${sha} ${fact}`);
    const same = and(
      eq(commitFacts.serviceId, serviceId),
      eq(commitFacts.sha, sha),
      eq(commitFacts.fact, fact),
    );
    const [before] = await tx.db.select().from(commitFacts).where(same);
    const found = { state, url, reportedByName: tx.actor.name, reportedAt: sql`clock_timestamp()` };
    const [after] = await tx.db
      .insert(commitFacts)
      .values({ serviceId, sha, fact, ...found })
      .onConflictDoUpdate({ target: [commitFacts.serviceId, commitFacts.sha, commitFacts.fact], set: found })
      .returning();
    if (after === undefined) throw new Error("The fact's row was not returned.");
    await record(tx, {
      action: "conditions/report-fact",
      subject: `service:${serviceSlug}`,
      ...(before === undefined ? {} : { before: { sha, ...toCommitFact(before) } }),
      after: { sha, ...toCommitFact(after) },
    });
    await notify(tx, "commit-fact", serviceId);
    return toCommitFact(after);
  });
}

/** Kept until the transaction ends, so that its removal does not come in between. */
async function lockServiceId(tx: Context, slug: string): Promise<number> {
  const [service] = await tx.db
    .select({ id: services.id })
    .from(services)
    .where(eq(services.slug, slug))
    .for("key share");
  if (service === undefined) throw new NotFoundError(`There is no service named ${slug}.`);
  return service.id;
}

/** Reports on one fact come one after another, the first ones too: each entry says what it took the place of. */
async function lockFact(tx: Context, fact: string): Promise<void> {
  await tx.db.execute(sql`select pg_advisory_xact_lock(hashtext(${`anytime fact ${fact}`}))`);
}

function isHttpsUrl(text: string): boolean {
  if (text.length > 2_000 || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === "https:" && username === "" && password === "";
}
