import type { Metadata } from "next";
import { RegisterPage } from "#components/registration/register-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Register a service" };

export default async function Page() {
  await openPage("/services/new");
  return <RegisterPage />;
}
