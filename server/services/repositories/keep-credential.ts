import { randomUUID } from "node:crypto";
import { and, isNull, lt, sql } from "drizzle-orm";
import { repositoryCredentials } from "#db/schema/repositories.ts";
import type { CredentialView } from "#server/domain/repository-access.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { type SealingKeys, sealValue } from "#server/kernel/sealed-value.ts";
import { type Credential, madeBy, placeOf, viewOf } from "./credential.ts";

type NewCredential = Pick<Credential, "kind" | "repositoryUrl" | "username" | "publicKey"> & {
  secret: string;
};

/** Seals a credential for an address; those that no service has used within a day go. */
export function keepCredential(
  ctx: Context,
  keys: SealingKeys,
  { secret, ...credential }: NewCredential,
): Promise<CredentialView> {
  demand(ctx, "manageServices");
  return inTransaction(ctx, async (tx) => {
    const unused = await tx.db
      .delete(repositoryCredentials)
      .where(
        and(
          isNull(repositoryCredentials.serviceId),
          lt(repositoryCredentials.madeAt, sql`now() - interval '1 day'`),
        ),
      )
      .returning();
    for (const dropped of unused)
      await record(tx, {
        action: "repositories/drop-unused",
        subject: `repository:${dropped.repositoryUrl}`,
        before: { username: dropped.username, publicKey: dropped.publicKey, madeBy: dropped.madeByName },
      });
    const id = randomUUID();
    const [row] = await tx.db
      .insert(repositoryCredentials)
      .values({
        ...credential,
        id,
        sealedSecret: sealValue(keys, secret, placeOf({ id })),
        madeBy: madeBy(ctx.actor),
        madeByName: ctx.actor.name,
      })
      .returning();
    if (row === undefined) throw new Error("The credential was not kept.");
    const { kind, repositoryUrl, username, publicKey } = credential;
    await record(tx, {
      action: kind === "token" ? "repositories/keep-token" : "repositories/make-deploy-key",
      subject: `repository:${repositoryUrl}`,
      after: { username, publicKey },
    });
    return viewOf(row);
  });
}
