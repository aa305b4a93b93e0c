import { serviceEnvironments, services } from "#db/schema/services.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { listEnvironments } from "./list-environments.ts";
import { checkTypedSettings, serviceFields } from "./service-fields.ts";

export interface NewService {
  slug: string;
  name: string;
  team: string | null;
  repositoryUrl: string;
  defaultBranch: string;
  /** `anytime.yaml` at the root where left out. */
  settingsPath?: string | undefined;
  typedSettings: SettingsFileInput | null;
  /** Null for all of them. */
  environmentSlugs: string[] | null;
  isTour: boolean;
}

/** Inserts a service and its service environments. ValidationError names the field, `slug` also where it is taken. */
export function register(
  ctx: Context,
  input: NewService,
): Promise<{ id: number; slug: string; serviceEnvironmentIds: number[] }> {
  demand(ctx, "manageServices");
  const slug = parseField("slug", serviceFields.slug, input.slug);
  const columns = {
    slug,
    name: parseField("name", serviceFields.name, input.name),
    team: parseField("team", serviceFields.team, input.team),
    defaultBranch: parseField("defaultBranch", serviceFields.defaultBranch, input.defaultBranch),
    repositoryUrl: input.repositoryUrl,
    settingsPath: parseField("settingsPath", serviceFields.settingsPath, input.settingsPath),
    typedSettings: input.typedSettings,
    isTour: input.isTour,
  };
  return inTransaction(ctx, async (tx) => {
    const chosen = await chooseEnvironments(tx, input.environmentSlugs);
    if (input.typedSettings !== null) checkTypedSettings(input.typedSettings, chosen.slugs);
    const [service] = await tx.db.insert(services).values(columns).onConflictDoNothing().returning();
    if (service === undefined) throw new ValidationError(`A service named ${slug} exists already.`, "slug");
    const rows = await tx.db
      .insert(serviceEnvironments)
      .values(chosen.ids.map((environmentId) => ({ serviceId: service.id, environmentId })))
      .returning({ id: serviceEnvironments.id });
    await record(tx, { action: "services/register", subject: `service:${slug}`, after: columns });
    await notify(tx, "service", service.id);
    return { id: service.id, slug, serviceEnvironmentIds: rows.map((row) => row.id) };
  });
}

async function chooseEnvironments(ctx: Context, wanted: string[] | null) {
  const known = await listEnvironments(ctx);
  const unknown = wanted?.find((slug) => known.every((environment) => environment.slug !== slug));
  if (unknown !== undefined) {
    throw new ValidationError(`There is no environment named ${unknown}.`, "environmentSlugs");
  }
  const chosen = known.filter((environment) => wanted === null || wanted.includes(environment.slug));
  if (chosen.length === 0) throw new ValidationError("Choose at least one environment.", "environmentSlugs");
  return { ids: chosen.map(({ id }) => id), slugs: chosen.map(({ slug }) => slug) };
}
