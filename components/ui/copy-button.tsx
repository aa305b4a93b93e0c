"use client";
import { Check, Copy } from "lucide-react";
import { IconButton } from "./icon-button.tsx";
import { useCopied } from "./use-copied.ts";

export type CopyButtonProps = {
  text: string;
  /** What is copied, e.g. `Copy the clone URL`. */
  label: string;
  size?: "small" | "medium";
};

export function CopyButton({ text, label, size = "small" }: CopyButtonProps) {
  const { copied, copy } = useCopied();
  return (
    <IconButton
      size={size}
      label={copied ? "Copied" : label}
      icon={copied ? <Check className="text-live" /> : <Copy className="size-3.5!" />}
      onClick={() => copy(text)}
    />
  );
}
