import { eq } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { getService } from "./get-service.ts";
import { checkTypedSettings, parseServiceField } from "./service-fields.ts";

/** Keys that are left out stay as they are. */
export interface ServiceChanges {
  name?: string | undefined;
  team?: string | null | undefined;
  defaultBranch?: string | undefined;
  repositoryUrl?: string | undefined;
  typedSettings?: SettingsFileInput | null | undefined;
}

/** Changes take effect from the next deployment on. `repositoryUrl` is taken as checked. */
export function updateService(ctx: Context, slug: string, changes: ServiceChanges): Promise<void> {
  demand(ctx, "manageServices", slug);
  return inTransaction(ctx, async (tx) => {
    const before = await getService(tx, slug);
    const after = parseChanges(changes);
    if (after.typedSettings !== null && after.typedSettings !== undefined) {
      checkTypedSettings(
        after.typedSettings,
        before.environments.map((environment) => environment.slug),
      );
    }
    const rows = await tx.db.update(services).set(after).where(eq(services.id, before.id)).returning();
    if (rows.length === 0) throw new NotFoundError(`There is no service named ${slug}.`);
    const { name, team, defaultBranch, repositoryUrl, typedSettings } = before;
    await record(tx, {
      action: "services/update",
      subject: `service:${slug}`,
      before: { name, team, defaultBranch, repositoryUrl, typedSettings },
      after: { ...after },
    });
    await notify(tx, "service", before.id);
  });
}

function parseChanges(changes: ServiceChanges): ServiceChanges {
  const { name, team, defaultBranch, repositoryUrl, typedSettings } = changes;
  return {
    ...(name === undefined ? {} : { name: parseServiceField("name", name) }),
    ...(team === undefined ? {} : { team: parseServiceField("team", team) }),
    ...(defaultBranch === undefined
      ? {}
      : { defaultBranch: parseServiceField("defaultBranch", defaultBranch) }),
    ...(repositoryUrl === undefined ? {} : { repositoryUrl }),
    ...(typedSettings === undefined ? {} : { typedSettings }),
  };
}
