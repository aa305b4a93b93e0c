import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { AppearanceProvider } from "#components/ui/appearance-provider.tsx";

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

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body className="min-h-dvh font-sans">
        <AppearanceProvider>
          <NuqsAdapter>{children}</NuqsAdapter>
        </AppearanceProvider>
      </body>
    </html>
  );
}
