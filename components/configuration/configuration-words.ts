import type { ConfigurationDifference } from "#server/domain/configuration.ts";

export function instancesText(count: number): string {
  return count === 1 ? "1 instance" : `${count} instances`;
}

/** `LOG_LEVEL changed, OLD removed`: names, and what became of them. */
export function differencesText(differences: readonly ConfigurationDifference[]): string {
  if (differences.length === 0) return "Nothing differs from the version before.";
  return differences.map(({ name, change }) => `${name} ${change}`).join(", ");
}
