import { and, asc, gte } from "drizzle-orm";
import { logChunks } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { decompressLines } from "#server/kernel/output-chunk.ts";
import { withoutSequences } from "#server/kernel/without-sequences.ts";
import { chunkWith, inLog, readLogState } from "./read-log.ts";

const escapeByte = 27;
const chunksAtOnce = 16;
/** Looked through by one call, whatever is found: the caller goes on after the line that it names. */
const mostBytes = 64 * 1024 * 1024;

export interface LogSearch {
  /** Numbers of the lines that contain it, `limit` at most. */
  matches: number[];
  /** Where to go on; null where the log was looked through to its end. */
  nextAfterLine: number | null;
}

/** Lines that contain the text, whatever its case; ANSI sequences do not count. */
export async function searchLog(
  ctx: Context,
  input: { deploymentId: number; text: string; afterLine: number; limit: number },
): Promise<LogSearch> {
  const { deploymentId, limit } = input;
  const { day } = await readLogState(ctx, deploymentId);
  const matches: number[] = [];
  if (day === null) return { matches, nextAfterLine: null };
  const wanted = input.text.toLowerCase();
  let { afterLine } = input;
  for (let bytes = 0; bytes < mostBytes; ) {
    const chunks = await ctx.db
      .select()
      .from(logChunks)
      .where(
        and(inLog(deploymentId, day), gte(logChunks.firstLine, chunkWith(deploymentId, day, afterLine + 1))),
      )
      .orderBy(asc(logChunks.firstLine))
      .limit(chunksAtOnce);
    for (const chunk of chunks) {
      const body = decompressLines(chunk);
      bytes += body.length;
      for (const number of linesWith(wanted, body, chunk.firstLine)) {
        if (number > afterLine) matches.push(number);
        if (matches.length === limit) return { matches, nextAfterLine: number };
      }
      afterLine = Math.max(afterLine, chunk.firstLine + chunk.lineCount - 1);
    }
    if (chunks.length < chunksAtOnce) return { matches, nextAfterLine: null };
  }
  return { matches, nextAfterLine: afterLine };
}

/** Finds the text first and its line then: most chunks have none, and nothing is cut up for those. */
function* linesWith(wanted: string, body: Uint8Array, firstLine: number): Generator<number> {
  const printed = new TextDecoder().decode(body);
  const text = (body.includes(escapeByte) ? withoutSequences(printed) : printed).toLowerCase();
  let number = firstLine;
  let lineStart = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, lineStart)) {
    for (
      let end = text.indexOf("\n", lineStart);
      end !== -1 && end < at;
      end = text.indexOf("\n", lineStart)
    ) {
      lineStart = end + 1;
      number += 1;
    }
    yield number;
    lineStart = text.indexOf("\n", at) + 1;
    number += 1;
    if (lineStart === 0) return;
  }
}
