import { Finding } from "#components/settings/finding.tsx";
import type { Outputs } from "#server/api/types.ts";
import { limitNames } from "#server/domain/limits.ts";

type Isolation = Outputs["installation"]["facts"]["isolation"];

const words = { memory: "memory", processes: "processes", cpus: "processors" } as const;

const inWords = new Intl.ListFormat("en-GB");

/** How each living worker keeps services apart and within their limits, and what is missing there. */
export function WhatServicesReach({ isolation }: { isolation: Isolation }) {
  if (isolation.length === 0) return <span className="text-muted">No worker is there to say it.</span>;
  return (
    <ul className="flex flex-col gap-3">
      {isolation.map((worker) => (
        <li key={worker.worker} className="flex flex-col gap-1">
          <Finding tone={worker.missing.length === 0 ? "live" : "attention"} word={reach(worker)}>
            On {worker.worker}: {held(worker)}
          </Finding>
          {worker.missing.map((missing) => (
            <p key={missing} className="text-muted wrap-anywhere">
              {missing}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

function reach({ hasOwnUids }: Isolation[number]): string {
  return hasOwnUids ? "nothing of the portal's" : "what the portal can read";
}

function held({ hasOwnUids, held }: Isolation[number]): string {
  const apart = hasOwnUids ? "each runs under a uid of its own" : "all run as the worker itself";
  const limits = limitNames.filter((name) => held.includes(name)).map((name) => words[name]);
  return `${apart}, ${limits.length === 0 ? "without limits" : `with limits on ${inWords.format(limits)}`}.`;
}
