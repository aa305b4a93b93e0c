import { eq, sql } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { services } from "#db/schema/services.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import type { Commit } from "./commit.ts";
import { findRelease, type RecordedRelease } from "./find-release.ts";
import { type ArtifactFacts, rememberArtifact } from "./remember-artifact.ts";

/**
 * Makes a release of a commit, with the service's next number. Where another deployment was faster, its release is
 * given back: a release never changes, so its artifact may be another than the one passed in.
 */
export function recordRelease(
  ctx: Context,
  input: {
    serviceId: number;
    commit: Pick<Commit, "sha" | "subject" | "authorName" | "committedAt">;
    settingsFile: SettingsFileInput;
    artifact: ArtifactFacts;
  },
): Promise<RecordedRelease> {
  const { serviceId, commit, settingsFile, artifact } = input;
  return inTransaction(ctx, async (ctx) => {
    await lockService(ctx, serviceId);
    const existing = await findRelease(ctx, serviceId, commit.sha);
    if (existing !== null) return existing;
    const { digest } = artifact;
    await rememberArtifact(ctx, artifact);
    const number = await nextNumber(ctx, serviceId);
    const { sha, subject, authorName, committedAt } = commit;
    const [made] = await ctx.db
      .insert(releases)
      .values({
        serviceId,
        number,
        sha,
        subject,
        authorName,
        committedAt,
        settingsFile,
        artifactDigest: digest,
      })
      .returning({ id: releases.id });
    if (made === undefined) throw new Error("The release was not stored.");
    const after = { serviceId, number, sha, artifactDigest: digest };
    await record(ctx, { action: "pipeline/record-release", subject: `release:${made.id}`, after });
    return { id: made.id, number, artifactDigest: digest };
  });
}

/** Releases of one service are numbered one after the other. */
async function lockService(ctx: Context, serviceId: number): Promise<void> {
  const locked = await ctx.db
    .select({ id: services.id })
    .from(services)
    .where(eq(services.id, serviceId))
    .for("no key update");
  if (locked.length === 0) throw new NotFoundError("This service does not exist any more.");
}

async function nextNumber(ctx: Context, serviceId: number): Promise<number> {
  const [row] = await ctx.db
    .select({ next: sql<number>`coalesce(max(${releases.number}), 0) + 1` })
    .from(releases)
    .where(eq(releases.serviceId, serviceId));
  return row?.next ?? 1;
}
