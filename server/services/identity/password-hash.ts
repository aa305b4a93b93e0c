import { hash, verify } from "@node-rs/argon2";
import { Turns } from "./turns.ts";

/** Argon2id at OWASP's recommended cost: 19 MiB, two passes. */
const argon2id = 2;
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each takes a core for tens of milliseconds and 19 MiB: many at once would leave nothing for anybody else. */
const turns = new Turns({ atOnce: 2, mostWaiting: 20 });

/** UnauthenticatedError where too many passwords are looked at already. */
export function hashPassword(password: string): Promise<string> {
  return turns.take(() => hash(password, cost));
}

let nobodysHash: Promise<string> | undefined;

/** Takes as long for an account that does not exist (`null`) as for one that does. */
export async function matchesHash(password: string, passwordHash: string | null): Promise<boolean> {
  nobodysHash ??= hashPassword("the password of nobody");
  const compared = passwordHash ?? (await nobodysHash);
  const matches = await turns.take(() => verify(compared, password));
  return matches && passwordHash !== null;
}
