import { clsx } from "clsx";
import { Check } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { CommitRow } from "#server/domain/commit-list.ts";
import { CiMark } from "../conditions/ci-mark.tsx";

export type CommitOptionProps = {
  id: string;
  commit: CommitRow;
  environmentName: string;
  /** Whether anything is live, so that "in" and "not in" mean something. */
  hasLive: boolean;
  isChosen: boolean;
  isActive: boolean;
  onChoose: () => void;
};

export function CommitOption(props: CommitOptionProps) {
  const { commit, isChosen, isActive, onChoose } = props;
  return (
    // The keyboard works on the search box, which names the active option.
    <div
      role="option"
      id={props.id}
      aria-selected={isChosen}
      tabIndex={-1}
      onClick={onChoose}
      onKeyDown={(event) => event.key === "Enter" && onChoose()}
      className={clsx(
        "flex cursor-pointer scroll-my-20 gap-3 border-b px-2 py-2.5 outline-offset-0",
        isChosen ? "bg-accent-soft" : "hover:bg-hover",
        isActive && "inset-ring-2 inset-ring-accent",
      )}
    >
      <span className="w-4 shrink-0 pt-0.75 text-accent">
        {isChosen && <Check aria-hidden className="size-4" />}
      </span>
      <span className="flex min-w-0 grow flex-col gap-0.5">
        <span className="flex min-w-0 flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
          <span className={clsx("min-w-0 wrap-anywhere", isChosen && "font-medium")}>{commit.subject}</span>
          <Badges {...props} />
        </span>
        <span className="flex flex-wrap gap-x-2 text-muted text-sm">
          <span>{commit.authorName}</span>
          <span aria-hidden>·</span>
          <Time at={commit.committedAt} layout="relative" />
          <span aria-hidden>·</span>
          <span className="font-mono text-[0.92em]" title={commit.sha}>
            {commit.sha.slice(0, 7)}
          </span>
          {commit.ci !== null && (
            <>
              <span aria-hidden>·</span>
              <CiMark state={commit.ci} />
            </>
          )}
        </span>
      </span>
    </div>
  );
}

function Badges({ commit, environmentName, hasLive }: CommitOptionProps) {
  return (
    <span className="flex gap-1.5">
      {commit.releaseNumber !== null && <Badge>#{commit.releaseNumber}</Badge>}
      {commit.isLive ? (
        <Badge tone="live">live in {environmentName}</Badge>
      ) : hasLive && !commit.isIncluded ? (
        <Badge tone="running">not in {environmentName}</Badge>
      ) : hasLive ? (
        <Badge>in {environmentName}</Badge>
      ) : null}
    </span>
  );
}
