import { desc, eq } from "drizzle-orm";
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
  /** Values that can be read, former and revoked ones too: none of them is to be seen anywhere. The newest 256 KiB. */
  all: string[];
  /** 0 while there is none. Values never change: where this is the same, so are they. */
  newestId: number;
}

/** Looking for more would hold the worker up for seconds. A version has a quarter of it at most. */
const mostHiddenBytes = 256 * 1024;

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
    .orderBy(desc(secrets.id));
  const opened = new Map(rows.map(({ secret }) => [secret.id, openOrProblem(keys, secret)]));
  const facts = rows.map(({ secret }) => viewOf(secret));
  return {
    all: newestOf([...opened.values()].filter((found) => typeof found === "string")),
    newestId: rows[0]?.secret.id ?? 0,
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

function newestOf(values: readonly string[]): string[] {
  let left = mostHiddenBytes;
  return values.filter((value) => {
    left -= Buffer.byteLength(value);
    return left >= 0;
  });
}
