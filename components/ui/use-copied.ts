"use client";
import { useCallback, useEffect, useState } from "react";
import { toast } from "sonner";

const shownForMs = 1_500;

/** Copies a text; `copied` holds for a moment afterwards. Says so where the browser forbids it (plain http). */
export function useCopied(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownForMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = useCallback((text: string) => {
    if (navigator.clipboard === undefined) {
      toast.error("This browser lets no page copy over plain http. Select the text instead.");
      return;
    }
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast.error("The browser refused to copy. Select the text instead."),
    );
  }, []);
  return { copied, copy };
}
