"use client";
import { clsx } from "clsx";
import { ArrowUpRight, ChevronRight, CircleCheck, CircleMinus, Sparkles } from "lucide-react";
import { parseAsInteger, useQueryState } from "nuqs";
import { Fragment, type ReactNode } from "react";
import { percentText } from "#components/charts/figure.ts";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { ErrorFrequency, ReleaseError, ReleaseErrors } from "#server/api/types.ts";
import { changeWords, type ErrorChange } from "#server/domain/error-change.ts";
import { ErrorExample } from "./error-example.tsx";

const looks: Record<ErrorChange, { tone: Tone; icon: ReactNode }> = {
  new: { tone: "failed", icon: <Sparkles /> },
  grew: { tone: "attention", icon: <ArrowUpRight /> },
  "as-before": { tone: "waiting", icon: <CircleMinus /> },
  gone: { tone: "live", icon: <CircleCheck /> },
};

/** Kinds of errors, new ones first; the one that the address names is open. */
export function ErrorsTable({ told }: { told: ReleaseErrors }) {
  const [opened, open] = useQueryState("error", parseAsInteger.withOptions({ history: "push" }));
  const names = {
    ofNew: told.releaseNumber === null ? "New" : `#${told.releaseNumber}`,
    ofOld: told.previousNumber === null ? "Before" : `#${told.previousNumber}`,
  };
  const hasOld = told.errors.some(({ ofOld }) => ofOld !== null);
  const columns = hasOld ? 4 : 3;
  return (
    <>
      <table aria-label="Errors" className="w-full border-collapse text-sm tabular-nums">
        <thead>
          <tr className="border-b text-left text-muted">
            <Heading>Error</Heading>
            <Heading isNumber>{names.ofNew}</Heading>
            {hasOld && <Heading isNumber>{names.ofOld}</Heading>}
            <Heading isNumber isWide>
              Last seen
            </Heading>
          </tr>
        </thead>
        <tbody>
          {told.errors.map((error) => (
            <Fragment key={error.id}>
              <ErrorRow
                error={error}
                names={names}
                isOpen={opened === error.id}
                onToggle={() => void open(opened === error.id ? null : error.id)}
              />
              {opened === error.id && (
                <tr className="border-b">
                  <td colSpan={columns} className="pb-4" id={`error-${error.id}`}>
                    <ErrorExample error={error} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
      {told.total > told.errors.length && (
        <p className="py-2 text-muted text-sm">
          and {(told.total - told.errors.length).toLocaleString("en")} other kinds
        </p>
      )}
    </>
  );
}

type ErrorRowProps = {
  error: ReleaseError;
  names: { ofNew: string; ofOld: string };
  isOpen: boolean;
  onToggle: () => void;
};

function ErrorRow({ error, names, isOpen, onToggle }: ErrorRowProps) {
  return (
    <tr className={clsx("align-top", !isOpen && "border-b last:border-b-0")}>
      <th scope="row" className="min-w-0 py-2 pr-3 text-left font-normal">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `error-${error.id}` : undefined}
          onClick={onToggle}
          className="group flex w-full min-w-0 gap-2 rounded text-left"
        >
          <ChevronRight
            aria-hidden
            className={clsx("mt-0.5 size-4 shrink-0 text-faint group-hover:text-ink", isOpen && "rotate-90")}
          />
          <span className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2">
              <Status {...looks[error.change]} word={changeText(error, names)} />
              <span className="font-medium wrap-anywhere">{error.type}</span>
            </span>
            <span className="line-clamp-2 wrap-anywhere">{error.message}</span>
            {error.culprit !== null && (
              <span className="block font-mono text-muted text-xs wrap-anywhere">{error.culprit}</span>
            )}
            <span className="block text-faint text-xs sm:hidden">
              last seen <Time at={error.lastSeenAt} layout="relative" />
            </span>
          </span>
        </button>
      </th>
      <CountCell frequency={error.ofNew} />
      {error.ofOld !== null && <CountCell frequency={error.ofOld} />}
      <td className="hidden whitespace-nowrap py-2 pl-3 text-right text-muted sm:table-cell">
        <Time at={error.lastSeenAt} layout="relative" />
      </td>
    </tr>
  );
}

/** `New in #42`; one that was known before says nothing of when it was first seen. */
function changeText({ change, firstReleaseNumber }: ReleaseError, names: { ofNew: string }): string {
  return change === "new" && firstReleaseNumber !== null ? `New in ${names.ofNew}` : changeWords[change];
}

function CountCell({ frequency: { count, perThousand } }: { frequency: ErrorFrequency }) {
  return (
    <td className="whitespace-nowrap py-2 pl-3 text-right">
      <span className={count === 0 ? "text-faint" : "font-medium"}>{count.toLocaleString("en")}</span>
      {perThousand !== null && count > 0 && (
        <span className="block text-faint text-xs" title="Of all requests">
          {percentText(perThousand / 10)}
        </span>
      )}
    </td>
  );
}

type HeadingProps = { children: string; isNumber?: boolean; isWide?: boolean };

function Heading({ children, isNumber = false, isWide = false }: HeadingProps) {
  return (
    <th
      scope="col"
      className={clsx(
        "h-9 whitespace-nowrap font-medium",
        isNumber && "pl-3 text-right",
        isWide && "hidden sm:table-cell",
      )}
    >
      {children}
    </th>
  );
}
