import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { issueSetupLink } from "#server/services/identity/issue-setup-link.ts";
import { databaseUrlOf } from "../supervisor/installation-database.ts";

/** Prints a new link; the ones before it stop working. */
export async function setupLink(): Promise<number> {
  const settings = loadEnvironment(process.env);
  const client = openDatabase(await databaseUrlOf(settings), { connections: 1, name: "anytime setup-link" });
  try {
    const ctx = systemContext(client.db, "setup-link");
    const link = await issueSetupLink(ctx, { portalUrl: settings.portalUrl });
    console.log(link ?? "There is an administrator already: sign in, or ask them to invite you.");
    return link === null ? 1 : 0;
  } finally {
    await client.close();
  }
}
