import type { Settings } from "./env.ts";
import type { SealingKey, SealingKeys } from "./sealed-value.ts";
import { parseSealingKey } from "./sealed-value.ts";
import { storedSecrets } from "./stored-secrets.ts";

/**
 * The keys of ANYTIME_KEY, then those of the data folder's `secrets.json`, which is read each time: another process may
 * have rotated its key a moment ago.
 */
export function sealingKeys(settings: Pick<Settings, "sealingKeys">, secretsFile: string): SealingKeys {
  return () => {
    const { encryptionKey, olderEncryptionKeys } = storedSecrets(secretsFile);
    const ofFile = [encryptionKey, ...olderEncryptionKeys].map(parseSealingKey);
    return [...settings.sealingKeys, ...ofFile.filter((key): key is SealingKey => key !== null)];
  };
}
