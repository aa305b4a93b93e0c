import { hash, verify } from "@node-rs/argon2";

/** Argon2id at OWASP's recommended cost: 19 MiB, two passes. */
const argon2id = 2;
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

let nobodysHash: Promise<string> | undefined;

/** Takes as long for an account that does not exist (`null`) as for one that does. */
export async function matchesHash(password: string, passwordHash: string | null): Promise<boolean> {
  nobodysHash ??= hashPassword("the password of nobody");
  const matches = await verify(passwordHash ?? (await nobodysHash), password);
  return matches && passwordHash !== null;
}
