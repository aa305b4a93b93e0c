import type { Metadata } from "next";
import { JoinEntry } from "#components/identity/join-entry.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Join" };

export default async function JoinPage() {
  const providers = await (await openPage("/join")).session.providers();
  return <JoinEntry providers={providers} />;
}
