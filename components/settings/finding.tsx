import type { ReactNode } from "react";
import { Status } from "#components/ui/status.tsx";

type FindingProps = { tone?: "failed" | "attention" | "live"; word: string; children: ReactNode };

/** A fact about the installation, with what to do about it. */
export function Finding({ tone = "failed", word, children }: FindingProps) {
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <Status tone={tone} word={word} />
      <span className="text-muted">{children}</span>
    </span>
  );
}
