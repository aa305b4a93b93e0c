import { and, asc, gt } from "drizzle-orm";
import { logChunks } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { decompressLines } from "#server/kernel/output-chunk.ts";
import { withoutSequences } from "#server/kernel/without-sequences.ts";
import { inLog, readLogState } from "./read-log.ts";

/** The whole log as bytes, a few chunks at a time; `plain` without ANSI sequences. */
export async function* streamLog(
  ctx: Pick<Context, "db">,
  { deploymentId, isPlain }: { deploymentId: number; isPlain: boolean },
): AsyncGenerator<Uint8Array> {
  const { day } = await readLogState(ctx, deploymentId);
  if (day === null) return;
  let firstLine = 0;
  for (;;) {
    const chunks = await ctx.db
      .select({ firstLine: logChunks.firstLine, codec: logChunks.codec, body: logChunks.body })
      .from(logChunks)
      .where(and(inLog(deploymentId, day), gt(logChunks.firstLine, firstLine)))
      .orderBy(asc(logChunks.firstLine))
      .limit(20);
    const last = chunks.at(-1);
    if (last === undefined) return;
    firstLine = last.firstLine;
    const bytes = Buffer.concat(chunks.map(decompressLines));
    yield isPlain ? Buffer.from(withoutSequences(bytes.toString("utf8"))) : bytes;
  }
}
