import { inArray } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import type { TokenPermission } from "#server/domain/permissions.ts";
import {
  tokenDaysSchema,
  tokenNameSchema,
  tokenPermissionsSchema,
  tokenServicesSchema,
} from "#server/domain/token.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { insertToken, type NewToken } from "./insert-token.ts";

/** A token for a machine. The answer is the only place where it ever stands. ValidationError names the field. */
export async function createToken(
  ctx: Context,
  input: { name: string; permissions: TokenPermission[]; services: string[] | null; days: number },
): Promise<NewToken> {
  const person = demandPerson(ctx, "manageTokens");
  const parsed = {
    name: parseField("name", tokenNameSchema, input.name),
    permissions: parseField("permissions", tokenPermissionsSchema, input.permissions),
    services: parseField("services", tokenServicesSchema, input.services),
    days: parseField("days", tokenDaysSchema, input.days),
  };
  return inTransaction(ctx, async (tx) => {
    await demandServices(tx, parsed.services);
    const made = await insertToken(tx, person, parsed);
    const { name, permissions, services } = parsed;
    const { start, expiresAt } = made;
    await record(tx, {
      action: "identity/create-token",
      subject: `token:${made.id}`,
      after: { name, start, permissions, services, expiresAt },
    });
    return made;
  });
}

async function demandServices(tx: Context, slugs: string[] | null): Promise<void> {
  if (slugs === null) return;
  const found = await tx.db
    .select({ slug: services.slug })
    .from(services)
    .where(inArray(services.slug, slugs));
  const missing = slugs.find((slug) => found.every((service) => service.slug !== slug));
  if (missing !== undefined) throw new ValidationError(`There is no service named ${missing}.`, "services");
}
