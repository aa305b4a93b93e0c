import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { AppearanceProvider } from "#components/ui/appearance-provider.tsx";
import { nonceHeader } from "#server/services/identity/request-headers.ts";

export const metadata: Metadata = {
  title: { default: "Anytime", template: "%s · Anytime" },
  description: "Everyone can deploy safely at any time.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fdfcfd" },
    { media: "(prefers-color-scheme: dark)", color: "#131014" },
  ],
};

/** Read here, so no page is drawn ahead of its request: each carries the nonce that its scripts need to run. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(nonceHeader) ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <body className="min-h-dvh font-sans">
        <AppearanceProvider nonce={nonce}>
          <NuqsAdapter>{children}</NuqsAdapter>
        </AppearanceProvider>
      </body>
    </html>
  );
}
