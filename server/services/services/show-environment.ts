import { and, eq, ne } from "drizzle-orm";
import { environments } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Says whether the public feed shows what public services do in this environment. */
export async function showEnvironment(
  ctx: Context,
  { slug, isShown }: { slug: string; isShown: boolean },
): Promise<void> {
  demandPerson(ctx, "manageInstallation");
  await inTransaction(ctx, async (tx) => {
    const [changed] = await tx.db
      .update(environments)
      .set({ isShown })
      .where(and(eq(environments.slug, slug), ne(environments.isShown, isShown)))
      .returning({ id: environments.id });
    if (changed === undefined) return demandEnvironment(tx, slug);
    await record(tx, {
      action: "services/show-environment",
      subject: `environment:${slug}`,
      before: { isShown: !isShown },
      after: { isShown },
    });
    await notify(tx, "feed", "reset");
  });
}

async function demandEnvironment(tx: Context, slug: string): Promise<void> {
  const [found] = await tx.db.select().from(environments).where(eq(environments.slug, slug));
  if (found === undefined) throw new NotFoundError(`There is no environment named ${slug}.`);
}
