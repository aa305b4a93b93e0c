import type { DeploymentKind } from "./deployment.ts";
import { utcText } from "./moment-text.ts";
import type { Reason } from "./reasons.ts";

/** Secret values of a service environment, named by ids: what they are stands nowhere but sealed in the database. */

/** One value, without it. */
export interface SecretFacts {
  /** A greater one was set later. */
  id: number;
  name: string;
  /** ISO 8601. */
  revokedAt: string | null;
}

export interface ResolvedSecrets {
  /** What is started with, by name. */
  ids: Record<string, number>;
  /** Revoked; a later value takes its place. */
  replaced: SecretFacts[];
  /** Revoked, and nothing was set after it. */
  missing: SecretFacts[];
}

/**
 * What a configuration's secrets mean by now: a revoked value is never used again. The newest that was set after it
 * takes its place; an older one does not, since somebody has replaced it already.
 */
export function resolveSecrets(
  named: Readonly<Record<string, number>>,
  known: readonly SecretFacts[],
): ResolvedSecrets {
  const resolved: ResolvedSecrets = { ids: {}, replaced: [], missing: [] };
  for (const [name, id] of Object.entries(named)) {
    const fact = known.find((secret) => secret.id === id && secret.name === name);
    if (fact !== undefined && fact.revokedAt === null) {
      resolved.ids[name] = id;
      continue;
    }
    const former = fact ?? { id, name, revokedAt: null };
    const later = known.filter(
      (secret) => secret.name === name && secret.id > id && secret.revokedAt === null,
    );
    const newest = later.reduce((most, secret) => Math.max(most, secret.id), 0);
    if (newest > 0) {
      resolved.ids[name] = newest;
      resolved.replaced.push(former);
    } else {
      resolved.missing.push(former);
    }
  }
  return resolved;
}

export function missingText({ name, revokedAt }: SecretFacts): string {
  return revokedAt === null
    ? `The secret ${name} is gone: set it anew.`
    : `The secret ${name} was revoked on ${utcText(revokedAt)}, and no value was set after it: set one first.`;
}

/** `#41 ran with DATABASE_URL as it was until 25 Nov 2026, 23:50 UTC, which is revoked: it starts with the newest value.` */
function replacedText({ name, revokedAt }: SecretFacts, what: string): string {
  const until = revokedAt === null ? "" : ` until ${utcText(revokedAt)}`;
  return `${what} with ${name} as it was${until}, which is revoked: it starts with the newest value.`;
}

/**
 * What revoked secrets mean for a deployment, before it is asked for. `mayStillChange` where what it brings is being
 * edited, and so may set them.
 */
export function secretReasons(
  { replaced, missing }: Pick<ResolvedSecrets, "replaced" | "missing">,
  facts: { kind: DeploymentKind; releaseNumber: number | null; mayStillChange?: boolean },
): Reason[] {
  const { kind, releaseNumber, mayStillChange = false } = facts;
  const ran = kind === "switch-back" || kind === "restart";
  const what = ran && releaseNumber !== null ? `#${releaseNumber} ran` : "This configuration is";
  return [
    ...missing.map(
      (secret): Reason => ({ weight: mayStillChange ? "warns" : "stops", text: missingText(secret) }),
    ),
    ...replaced.map((secret): Reason => ({ weight: "warns", text: replacedText(secret, what) })),
  ];
}
