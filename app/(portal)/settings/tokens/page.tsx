import type { Metadata } from "next";
import { TokensPage } from "#components/settings/tokens/tokens-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Tokens" };

export default async function Page() {
  const api = await openPage("/settings/tokens");
  return <TokensPage initial={await api.tokens.list()} />;
}
