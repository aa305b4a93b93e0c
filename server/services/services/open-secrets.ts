import { asc, eq } from "drizzle-orm";
import { environments, secrets, serviceEnvironments } from "#db/schema/services.ts";
import { missingText, resolveSecrets } from "#server/domain/secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { UserError } from "#server/kernel/errors.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { openOrProblem, viewOf } from "./secret.ts";

/** A secret that something needs is revoked, gone or unreadable: that does not start; everything else goes on. */
export class MissingSecretError extends UserError {
  override name = "MissingSecretError";
}

/** The secrets of a service environment, opened, for as long as somebody holds this. */
export interface OpenedSecrets {
  /** What these names mean by now. Throws MissingSecretError, which names the first that cannot be had. */
  valuesOf(named: Readonly<Record<string, number>>): Record<string, string>;
  /** Every value that can be read, former and revoked ones too: none of them is to be seen anywhere. */
  all: string[];
}

export async function openSecrets(
  ctx: Context,
  serviceEnvironmentId: number,
  keys: SealingKeys,
): Promise<OpenedSecrets> {
  const rows = await ctx.db
    .select({ secret: secrets, environmentName: environments.name })
    .from(secrets)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, secrets.serviceEnvironmentId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .where(eq(secrets.serviceEnvironmentId, serviceEnvironmentId))
    .orderBy(asc(secrets.id));
  const opened = new Map(rows.map(({ secret }) => [secret.id, openOrProblem(keys, secret)]));
  const facts = rows.map(({ secret }) => viewOf(secret));
  return {
    all: [...opened.values()].filter((found) => typeof found === "string"),
    valuesOf(named) {
      const { ids, missing } = resolveSecrets(named, facts);
      const [first] = missing;
      if (first !== undefined) throw new MissingSecretError(missingText(first));
      const entries = Object.entries(ids).map(([name, id]) => {
        const value = opened.get(id);
        if (typeof value === "string") return [name, value];
        throw new MissingSecretError(
          `The secret ${name} of ${rows[0]?.environmentName} cannot be read. ${value?.message}`,
        );
      });
      return Object.fromEntries(entries);
    },
  };
}
