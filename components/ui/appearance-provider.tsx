"use client";
import "./without-eval.ts";
import { Tooltip } from "@base-ui/react/tooltip";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { Toaster } from "./toaster.tsx";

/** Theme, tooltips and toasts: once, around everything. The theme is set by an inline script before anything is drawn. */
export function AppearanceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      nonce={nonce}
    >
      <Tooltip.Provider>{children}</Tooltip.Provider>
      <Toaster />
    </ThemeProvider>
  );
}
