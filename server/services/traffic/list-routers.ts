import { sql } from "drizzle-orm";
import { z } from "zod";
import { routerName } from "#db/router-name.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    routerId: z.string(),
    /** As messages name it: `host:port`, or `host:port:pid` where several share a port. */
    name: z.string(),
    host: z.string(),
    pid: z.number(),
    startedAt: z.coerce.date(),
    heartbeatAgeMs: z.coerce.number(),
  }),
);

export type RouterState = z.output<typeof rowsSchema>[number] & { silent: boolean };

/** Five heartbeats missed. */
const silentAfterMs = 10_000;

/** Every registered router, oldest first; `silent` ones are probably gone but still count until forgotten. */
export async function listRouters(ctx: Pick<Context, "db">): Promise<RouterState[]> {
  const rows = await ctx.db.execute(sql`
    select id as "routerId", ${routerName} as name, host, pid, started_at as "startedAt",
      extract(epoch from clock_timestamp() - heartbeat_at) * 1000 as "heartbeatAgeMs"
    from routers
    order by started_at, id
  `);
  return rowsSchema.parse([...rows]).map((row) => ({ ...row, silent: row.heartbeatAgeMs > silentAfterMs }));
}
