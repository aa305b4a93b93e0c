import type { Metadata } from "next";
import { RegisterPage } from "#components/registration/register-page.tsx";

export const metadata: Metadata = { title: "Register a service" };

export default function Page() {
  return <RegisterPage />;
}
