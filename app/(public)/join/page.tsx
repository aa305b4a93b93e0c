import type { Metadata } from "next";
import { AccountPage } from "#components/identity/account-page.tsx";
import { JoinEntry } from "#components/identity/join-entry.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Join" };

export default async function JoinPage() {
  const providers = await (await openPage("/join")).session.providers();
  return (
    <AccountPage title="Join Anytime" description="Your one-time link works for 7 days.">
      <JoinEntry providers={providers} />
    </AccountPage>
  );
}
