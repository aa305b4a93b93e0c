"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";

const mostLines = 2_000;

/** What a commit changes, read when it is asked for. */
export function CommitDiff({ deploymentId, sha }: { deploymentId: number; sha: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} className="min-w-0">
      <summary className="w-fit cursor-pointer py-1 text-muted text-sm">What it changes</summary>
      {isOpen && <Diff deploymentId={deploymentId} sha={sha} />}
    </details>
  );
}

function Diff({ deploymentId, sha }: { deploymentId: number; sha: string }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(
    trpc.reviews.suspectDiff.queryOptions({ deploymentId, sha }, { staleTime: Number.POSITIVE_INFINITY }),
  );
  if (error !== null && data === undefined)
    return <p className="text-muted">{requestProblem(error).message}</p>;
  if (data === undefined) return <SkeletonLines count={4} />;
  const lines = data.text.split("\n");
  const isCut = data.isCut || lines.length > mostLines;
  return (
    <section
      aria-label="What it changes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-md bg-sunken py-2 inset-ring inset-ring-line"
    >
      <pre className="w-max min-w-full font-mono text-xs">
        {lines.slice(0, mostLines).map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
          <span key={at} className={`block px-3 ${lineClass(line)}`}>
            {line === "" ? " " : line}
          </span>
        ))}
      </pre>
      {isCut && <p className="px-3 pt-2 text-muted text-sm">There is more of it than is shown here.</p>}
    </section>
  );
}

function lineClass(line: string): string {
  if (line.startsWith("diff --git ")) return "mt-2 font-semibold";
  if (line.startsWith("+++ ") || line.startsWith("--- ") || line.startsWith("index ")) return "text-faint";
  if (line.startsWith("@@ ")) return "text-running";
  if (line.startsWith("+")) return "bg-live-soft text-live";
  return line.startsWith("-") ? "bg-failed-soft text-failed" : "";
}
