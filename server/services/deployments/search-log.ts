import { stripVTControlCharacters } from "node:util";
import { and, asc, eq, gte } from "drizzle-orm";
import { logChunks } from "#db/schema/deployments.ts";
import type { LogLine } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { chunkWith, isLogComplete, linesOf } from "./read-log.ts";

const chunksAtOnce = 50;

/** Lines of the whole log that contain the text, whatever its case; ANSI sequences do not count. */
export async function searchLog(
  ctx: Context,
  input: { deploymentId: number; text: string; afterLine: number; limit: number },
): Promise<{ matches: LogLine[]; nextAfterLine: number | null }> {
  await isLogComplete(ctx, input.deploymentId);
  const wanted = input.text.toLowerCase();
  const matches: LogLine[] = [];
  let afterLine = input.afterLine;
  while (matches.length <= input.limit) {
    const chunks = await ctx.db
      .select()
      .from(logChunks)
      .where(
        and(
          eq(logChunks.deploymentId, input.deploymentId),
          gte(logChunks.firstLine, chunkWith(input.deploymentId, afterLine + 1)),
        ),
      )
      .orderBy(asc(logChunks.firstLine))
      .limit(chunksAtOnce);
    const lines = chunks.flatMap(linesOf).filter((line) => line.number > afterLine);
    matches.push(...lines.filter((line) => contains(line, wanted)));
    afterLine = lines.at(-1)?.number ?? afterLine;
    if (chunks.length < chunksAtOnce) break;
  }
  const found = matches.slice(0, input.limit);
  return {
    matches: found,
    nextAfterLine: matches.length > input.limit ? (found.at(-1)?.number ?? null) : null,
  };
}

function contains(line: LogLine, wanted: string): boolean {
  return stripVTControlCharacters(line.text).toLowerCase().includes(wanted);
}
