import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { updateTeam as update } from "#server/services/identity/update-team.ts";
import { listServices } from "#server/services/services/list-services.ts";

/** Renames a team or says how to reach it; open pages of its services are told. */
export function updateTeam(
  ctx: Context,
  input: { teamId: number; name: string; contact: string | null },
): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    await update(tx, input);
    for (const { id, team } of await listServices(tx)) {
      if (team === input.name.trim()) await notify(tx, "service", id);
    }
  });
}
