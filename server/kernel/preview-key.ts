import { hkdfSync } from "node:crypto";
import { existsSync } from "node:fs";
import type { Settings } from "./env.ts";
import { storedSecrets } from "./stored-secrets.ts";

/**
 * What passes to the next pool are signed with. Derived, so that it signs nothing else: no pass is a session, and no
 * session a pass. Null where this machine has neither the setting nor the portal's data folder.
 */
export function previewKey(
  settings: Pick<Settings, "previewSecret">,
  secretsFile: string,
): Uint8Array | null {
  const secret =
    settings.previewSecret ?? (existsSync(secretsFile) ? storedSecrets(secretsFile).sessionSecret : null);
  return secret === null ? null : new Uint8Array(hkdfSync("sha256", secret, "", "anytime next pool", 32));
}
