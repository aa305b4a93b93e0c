import { isDeepStrictEqual } from "node:util";
import { eq } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { getService, type Service } from "./get-service.ts";
import { checkTypedSettings, serviceFields } from "./service-fields.ts";

/** Keys that are left out stay as they are. */
export interface ServiceChanges {
  name?: string | undefined;
  team?: string | null | undefined;
  defaultBranch?: string | undefined;
  repositoryUrl?: string | undefined;
  settingsPath?: string | undefined;
  typedSettings?: SettingsFileInput | null | undefined;
}

/** Changes take effect from the next deployment on; where nothing differs, nothing is written. `repositoryUrl` is taken as checked. */
export function updateService(ctx: Context, slug: string, changes: ServiceChanges): Promise<void> {
  demand(ctx, "manageServices", slug);
  return inTransaction(ctx, async (tx) => {
    // Held, so that what the audit log says was there before is what this takes the place of.
    await tx.db
      .select({ id: services.id })
      .from(services)
      .where(eq(services.slug, slug))
      .for("no key update");
    const before = await getService(tx, slug);
    const after = differing(before, parseChanges(changes));
    if (Object.keys(after).length === 0) return;
    if (after.typedSettings !== null && after.typedSettings !== undefined) {
      checkTypedSettings(
        after.typedSettings,
        before.environments.map((environment) => environment.slug),
      );
    }
    const rows = await tx.db.update(services).set(after).where(eq(services.id, before.id)).returning();
    if (rows.length === 0) throw new NotFoundError(`There is no service named ${slug}.`);
    const old = Object.fromEntries(
      Object.keys(after).map((key) => [key, before[key as keyof ServiceChanges]]),
    );
    await record(tx, {
      action: "services/update",
      subject: `service:${slug}`,
      before: old,
      after: { ...after },
    });
    await notify(tx, "service", before.id);
  });
}

/** The changes that change something. Settings are equal whatever the order of their keys. */
function differing(before: Pick<Service, keyof ServiceChanges>, changes: ServiceChanges): ServiceChanges {
  const entries = Object.entries(changes).filter(
    ([key, value]) => !isDeepStrictEqual(value, before[key as keyof ServiceChanges]),
  );
  return Object.fromEntries(entries);
}

function parseChanges(changes: ServiceChanges): ServiceChanges {
  const { name, team, defaultBranch, repositoryUrl, settingsPath, typedSettings } = changes;
  return {
    ...(name === undefined ? {} : { name: parseField("name", serviceFields.name, name) }),
    ...(team === undefined ? {} : { team: parseField("team", serviceFields.team, team) }),
    ...(defaultBranch === undefined
      ? {}
      : { defaultBranch: parseField("defaultBranch", serviceFields.defaultBranch, defaultBranch) }),
    ...(repositoryUrl === undefined ? {} : { repositoryUrl }),
    ...(settingsPath === undefined
      ? {}
      : { settingsPath: parseField("settingsPath", serviceFields.settingsPath, settingsPath) }),
    ...(typedSettings === undefined ? {} : { typedSettings }),
  };
}
