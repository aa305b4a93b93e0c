import { isNull } from "drizzle-orm";
import { setupLinks } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { administratorExists } from "./administrator-exists.ts";
import { newOneTimeToken } from "./one-time-token.ts";
import { lockSetup } from "./setup-lock.ts";

const lifetimeMs = 24 * 3_600_000;

/**
 * The one-time link that makes the first administrator, or null where there is one. Each new link ends the unused
 * ones before it. The token stands in the fragment, which browsers send to nobody, so that it reaches no log.
 */
export async function issueSetupLink(ctx: Context, input: { portalUrl: string }): Promise<string | null> {
  return inTransaction(ctx, async (tx) => {
    await lockSetup(tx);
    if (await administratorExists(tx)) return null;
    const { token, tokenHash, expiresAt } = newOneTimeToken(tx.now(), lifetimeMs);
    await tx.db.delete(setupLinks).where(isNull(setupLinks.usedAt));
    await tx.db.insert(setupLinks).values({ tokenHash, expiresAt });
    await record(tx, { action: "identity/issue-setup-link", subject: "installation" });
    return new URL(`/setup#${token}`, input.portalUrl).href;
  });
}
