import { and, asc, eq, gt } from "drizzle-orm";
import { logChunks } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/** The whole log as text, a few chunks at a time. */
export async function* streamLog(ctx: Pick<Context, "db">, deploymentId: number): AsyncGenerator<string> {
  let firstLine = 0;
  for (;;) {
    const chunks = await ctx.db
      .select({ firstLine: logChunks.firstLine, text: logChunks.text })
      .from(logChunks)
      .where(and(eq(logChunks.deploymentId, deploymentId), gt(logChunks.firstLine, firstLine)))
      .orderBy(asc(logChunks.firstLine))
      .limit(20);
    const last = chunks.at(-1);
    if (last === undefined) return;
    firstLine = last.firstLine;
    yield chunks.map((chunk) => `${chunk.text}\n`).join("");
  }
}
