import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountPage } from "#components/identity/account-page.tsx";
import { SetupHint } from "#components/identity/setup-hint.tsx";
import { SignInWays } from "#components/identity/sign-in-ways.tsx";
import { paths } from "#components/paths.ts";
import { openPage } from "#server/api/caller.ts";
import { safeReturnPath } from "#server/domain/return-path.ts";
import { signInProblemText } from "#server/domain/sign-in-problems.ts";
import { getSession } from "#server/services/identity/get-session.ts";

export const metadata: Metadata = { title: "Sign in" };

type Query = { return?: string | string[]; error?: string | string[] };
const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const returnTo = safeReturnPath(first(query.return));
  const code = first(query.error);
  if ((await getSession()) !== null)
    redirect(code === undefined ? returnTo : paths.settings({ problem: code }));
  const api = await openPage("/sign-in");
  const [{ isNeeded }, providers] = await Promise.all([api.setup.status(), api.session.providers()]);
  return (
    <AccountPage title="Sign in" description={isNeeded ? <SetupHint /> : undefined}>
      <SignInWays returnTo={returnTo} providers={providers} problem={signInProblemText(code)} />
    </AccountPage>
  );
}
