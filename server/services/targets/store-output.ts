import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";
import type { Lines } from "#server/kernel/line-splitter.ts";
import { notification } from "#server/kernel/notifications.ts";
import { compressLines } from "#server/kernel/output-chunk.ts";

/** Adds lines to what is shown of an instance, drops what is before `keepFrom`, and tells of it. */
export async function storeOutput(
  ctx: Context,
  output: { instanceId: number; firstLine: number; lines: Lines; keepFrom: number },
): Promise<void> {
  const { instanceId, firstLine, lines, keepFrom } = output;
  const { codec, body } = compressLines(lines.bytes);
  const base64 = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64");
  await ctx.db.execute(sql`
    with stored as (
      insert into instance_output (instance_id, first_line, line_count, codec, body, printed_at)
      select id, ${firstLine}, ${lines.count}, ${codec}, decode(${base64}, 'base64'), clock_timestamp()
      from instances where id = ${instanceId}
      on conflict do nothing
    ), dropped as (
      delete from instance_output where instance_id = ${instanceId} and first_line + line_count <= ${keepFrom}
    ) select ${notification("instance-output", instanceId)}`);
}
