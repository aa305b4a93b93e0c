import { readFileSync } from "node:fs";
import type { Settings } from "./env.ts";
import { messageOf, UserError } from "./errors.ts";
import type { SealingKey } from "./sealed-value.ts";
import type { StoredSecrets } from "./stored-secrets.ts";

/** A shorter one is a word such as `postgres`, which logs are full of. */
const shortestOwnCharacters = 12;

/**
 * What must be seen in no output of this installation: its own secrets, given or stored, and those that its operator lists in a file.
 * Throws UserError where that cannot be read.
 */
export function secretsOf(
  settings: Settings,
  sealingKeys: readonly SealingKey[],
  stored: Pick<StoredSecrets, "sessionSecret" | "databasePassword" | "applicationPassword">,
): string[] {
  const own = [
    settings.adminPassword,
    settings.previewSecret,
    passwordIn(settings.databaseUrl),
    passwordIn(settings.ownerDatabaseUrl),
    settings.s3?.credentials?.secretAccessKey ?? null,
    ...settings.identityProviders.map((provider) => provider.clientSecret),
    ...[stored.sessionSecret, stored.databasePassword, stored.applicationPassword],
    ...sealingKeys.flatMap(({ bytes }) => [bytes.toString("base64"), bytes.toString("hex")]),
  ];
  const telling = own.filter((secret) => secret !== null && secret.length >= shortestOwnCharacters);
  return [...telling, ...listed(settings.maskFile)] as string[];
}

function passwordIn(url: string | null): string | null {
  return url === null ? null : decodeURIComponent(new URL(url).password);
}

function listed(file: string | null): string[] {
  if (file === null) return [];
  try {
    return readFileSync(file, "utf8")
      .split(/\r?\n/)
      .filter((line) => line !== "");
  } catch (error) {
    throw new UserError(`ANYTIME_MASK_FILE cannot be read: ${messageOf(error)}`);
  }
}
