import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { rotateStoredKey } from "#server/kernel/stored-secrets.ts";
import { resealChannels } from "#server/services/broadcast/reseal-channels.ts";
import { resealCredentials } from "#server/services/repositories/reseal-credentials.ts";
import { resealSecrets } from "#server/services/services/reseal-secrets.ts";
import { databaseUrlOf } from "../supervisor/installation-database.ts";

/**
 * Seals every stored secret with a new key: the first of ANYTIME_KEY, else one that is made now and put into
 * `secrets.json`. May be ended and run again. Exit code 1 where something cannot be read with any key.
 */
export async function rotateKey(): Promise<number> {
  const settings = loadEnvironment(process.env);
  const { secretsFile } = dataFolderAt(settings.dataFolder);
  const url = await databaseUrlOf(settings);
  const isOwn = settings.sealingKeys.length === 0;
  if (isOwn) rotateStoredKey(secretsFile);
  const keys = sealingKeys(settings, secretsFile);
  const client = openDatabase(url, { connections: 1, name: "anytime rotate-key" });
  try {
    const ctx = systemContext(client.db, "rotate-key");
    const counts = [
      await resealCredentials(ctx, keys),
      await resealSecrets(ctx, keys),
      await resealChannels(ctx, keys),
    ];
    const resealed = counts.reduce((sum, count) => sum + count.resealed, 0);
    const unreadable = counts.reduce((sum, count) => sum + count.unreadable, 0);
    console.log(`Sealed anew with the key ${keys()[0]?.id}: ${resealed}.`);
    if (unreadable > 0) {
      console.error(`${unreadable} cannot be read with any key that is here, and were left as they are.`);
      return 1;
    }
    console.log(
      isOwn
        ? "The key before it stays in secrets.json, for backups of the database."
        : "The older keys can be taken out of ANYTIME_KEY now; keep them with the backups of the database.",
    );
    return 0;
  } finally {
    await client.close();
  }
}
