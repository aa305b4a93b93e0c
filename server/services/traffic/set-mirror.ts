import { sql } from "drizzle-orm";
import type { Mirror } from "#server/domain/mirror.ts";
import type { Context } from "#server/kernel/context.ts";
import { changePointer } from "./change-pointer.ts";

/**
 * Has routers copy a share of the safe requests, or none where `mirror` is null. `before` and `after` are for the audit
 * log. False where nothing changes. Whether requests may go there is for the caller to know.
 */
export async function setMirror(
  ctx: Context,
  input: {
    serviceEnvironmentId: number;
    mirror: Mirror | null;
    before: Record<string, unknown>;
    after: Record<string, unknown>;
  },
): Promise<boolean> {
  const { mirror, ...change } = input;
  const wanted = mirror === null ? sql`null::jsonb` : sql`${JSON.stringify(mirror)}::jsonb`;
  const changed = await changePointer(ctx, {
    ...change,
    action: "traffic/set-mirror",
    set: sql`mirror = ${wanted}`,
    where: sql`mirror is distinct from ${wanted}`,
  });
  return changed !== null;
}
