import type { MemberRow } from "#server/api/types.ts";

/** How somebody signs in, in words: a provider that is not set up any more is named by its address. */
export function waysIn(
  details: MemberRow["details"],
  providers: readonly { name: string; issuer: string }[],
): string {
  if (details === null) return "";
  const names = details.issuers.map((issuer) => providerName(issuer, providers));
  const all = [...(details.hasPassword ? ["password"] : []), ...new Set(names)];
  return all.length === 0 ? "nothing yet" : all.join(", ");
}

export function providerName(issuer: string, providers: readonly { name: string; issuer: string }[]): string {
  return providers.find((provider) => provider.issuer === issuer)?.name ?? new URL(issuer).host;
}
