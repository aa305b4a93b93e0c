"use client";
import { Tooltip } from "@base-ui/react/tooltip";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { Toaster } from "./toaster.tsx";

/** Theme, tooltips and toasts: once, around everything. */
export function AppearanceProvider({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      <Tooltip.Provider>{children}</Tooltip.Provider>
      <Toaster />
    </ThemeProvider>
  );
}
