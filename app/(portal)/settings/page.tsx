import type { Metadata } from "next";
import { SettingsPage } from "#components/settings/settings-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { signInProblemText } from "#server/domain/sign-in-problems.ts";

export const metadata: Metadata = { title: "Settings" };

type Props = { searchParams: Promise<{ problem?: string | string[] }> };

export default async function Page({ searchParams }: Props) {
  const { problem } = await searchParams;
  const api = await openPage("/settings");
  const [session, account, facts] = await Promise.all([
    api.session.current(),
    api.session.account(),
    api.installation.facts(),
  ]);
  const text = signInProblemText(Array.isArray(problem) ? problem[0] : problem);
  return <SettingsPage session={session} account={account} initial={facts} problem={text} />;
}
