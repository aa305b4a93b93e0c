import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { listUnmeasuredFixes, type UnmeasuredFix } from "#server/services/incidents/list-unmeasured-fixes.ts";
import { noteFixLines } from "#server/services/incidents/note-counts.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { countChangedLines } from "#server/services/pipeline/count-changed-lines.ts";
import { getService } from "#server/services/services/get-service.ts";
import type { Installation } from "./installation.ts";
import { openKnownMirror } from "./open-service-mirror.ts";

/** Says of each fix that was rolled forward how many lines it changed, as far as the copies of repositories here tell. */
export async function measureFixes(ctx: Context, installation: Installation, logger: Logger): Promise<void> {
  for (const fix of await listUnmeasuredFixes(ctx)) {
    await measure(ctx, fix, installation).catch((err: unknown) =>
      logger.warn({ err, incident: fix.incidentId }, "the size of a fix is not known"),
    );
  }
}

async function measure(ctx: Context, fix: UnmeasuredFix, installation: Installation): Promise<void> {
  const service = await getService(ctx, fix.serviceSlug);
  const mirror = await openKnownMirror(ctx, service, installation);
  if (mirror === null) return;
  if (!(await hasCommit(mirror, fix.badSha)) || !(await hasCommit(mirror, fix.fixSha))) return;
  const lines = await countChangedLines(mirror, fix.badSha, fix.fixSha);
  await noteFixLines(ctx, { incidentId: fix.incidentId, lines });
}
