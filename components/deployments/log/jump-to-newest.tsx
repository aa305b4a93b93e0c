"use client";
import { ArrowDown } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import type { LogScroll } from "./use-log-scroll.ts";

/** For whoever has scrolled away from the end of what still grows. */
export function JumpToNewest({ scroll }: { scroll: LogScroll }) {
  if (!scroll.canJumpToNewest) return null;
  return (
    <Button
      size="small"
      icon={<ArrowDown />}
      onClick={scroll.jumpToNewest}
      className="absolute! right-4 bottom-3 shadow-lift"
    >
      Jump to newest
    </Button>
  );
}
