"use client";
import { useTheme } from "next-themes";
import { Toaster as Base } from "sonner";

/** Once, in the root layout. Call `toast` of "sonner"; never for what a page itself must say. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Base
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start gap-2.5 rounded-lg bg-surface p-3 font-sans text-base text-ink shadow-lift sm:w-88",
          icon: "mt-0.75 shrink-0",
          content: "min-w-0 grow wrap-anywhere",
          title: "font-medium",
          description: "text-muted",
          actionButton: "rounded-md px-2 py-0.5 font-medium text-accent hover:bg-hover",
          error: "[&_[data-icon]]:text-failed",
          success: "[&_[data-icon]]:text-live",
          warning: "[&_[data-icon]]:text-attention",
        },
      }}
    />
  );
}
