import type { Metadata } from "next";
import { AccountPage } from "#components/identity/account-page.tsx";
import { SetupEntry } from "#components/identity/setup-entry.tsx";
import { paths } from "#components/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Set up" };

export default async function SetupPage() {
  const api = await openPage("/setup");
  const { isNeeded } = await api.setup.status();
  if (!isNeeded) {
    return (
      <AccountPage title="Set up already" description="This portal has its administrator. Sign in to go on.">
        <ButtonLink href={paths.signIn()} variant="primary" size="large">
          Go to the sign-in page
        </ButtonLink>
      </AccountPage>
    );
  }
  return (
    <AccountPage
      title="Make the first account"
      description="It may do everything here. The setup link works once."
    >
      <SetupEntry />
    </AccountPage>
  );
}
