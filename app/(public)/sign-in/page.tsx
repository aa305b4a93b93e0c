import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountPage } from "#components/identity/account-page.tsx";
import { SetupHint } from "#components/identity/setup-hint.tsx";
import { SignInForm } from "#components/identity/sign-in-form.tsx";
import { openPage } from "#server/api/caller.ts";
import { safeReturnPath } from "#server/domain/return-path.ts";
import { getSession } from "#server/services/identity/get-session.ts";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ return?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const api = await openPage("/sign-in");
  const wanted = (await searchParams).return;
  const returnTo = safeReturnPath(Array.isArray(wanted) ? wanted[0] : wanted);
  if ((await getSession()) !== null) redirect(returnTo);
  const { isNeeded } = await api.setup.status();
  return (
    <AccountPage title="Sign in" description={isNeeded ? <SetupHint /> : undefined}>
      <SignInForm returnTo={returnTo} />
    </AccountPage>
  );
}
