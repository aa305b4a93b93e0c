"use client";
import { GitBranch, RefreshCw, Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { CommitRow } from "#server/domain/commit-list.ts";
import { CommitOption } from "./commit-option.tsx";
import { matchingCommits, wholeSha } from "./matching-commits.ts";
import type { useCommits } from "./use-commits.ts";

export type CommitPickerProps = {
  source: ReturnType<typeof useCommits>;
  environmentName: string;
  chosenSha: string | null;
  onChoose: (sha: string) => void;
  onBranch: (branch: string) => void;
};

/** The commits of a branch, newest first: type to search, arrow keys and Enter to choose. */
export function CommitPicker(props: CommitPickerProps) {
  const { source, chosenSha, onChoose } = props;
  const [text, setText] = useState("");
  const [activeSha, setActiveSha] = useState<string | null>(null);
  const listId = useId();
  const shown = matchingCommits(source.commits, text);
  const idOf = (sha: string) => `${listId}-${sha}`;

  const move = (direction: 1 | -1) => {
    const from = shown.findIndex((commit) => commit.sha === (activeSha ?? chosenSha));
    const next = shown[Math.min(shown.length - 1, Math.max(0, from + direction))];
    if (next === undefined) return;
    setActiveSha(next.sha);
    document.getElementById(idOf(next.sha))?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") {
      const sha = shown.find((commit) => commit.sha === activeSha)?.sha ?? wholeSha(text) ?? shown[0]?.sha;
      if (sha !== undefined) onChoose(sha);
    } else return;
    event.preventDefault();
  };

  return (
    <Section title="Commit" actions={<BranchAndAge {...props} />} className="gap-3">
      <Input
        type="search"
        role="combobox"
        data-shortcut="search"
        aria-label="Search the commits"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={activeSha === null ? undefined : idOf(activeSha)}
        placeholder="Search by message, author or SHA"
        icon={<Search />}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {source.problem !== null && (
        <Callout tone="attention" role="status" title="The repository could not be asked for new commits">
          {source.problem} What is shown may be older.
        </Callout>
      )}
      <div id={listId} role="listbox" aria-label="Commits, newest first" className="border-t">
        {shown.map((commit: CommitRow) => (
          <CommitOption
            key={commit.sha}
            id={idOf(commit.sha)}
            commit={commit}
            environmentName={props.environmentName}
            hasLive={source.newestPage?.live != null}
            isChosen={commit.sha === chosenSha}
            isActive={commit.sha === activeSha}
            onChoose={() => onChoose(commit.sha)}
          />
        ))}
      </div>
      <Rest source={source} text={text} shownCount={shown.length} />
    </Section>
  );
}

function Rest({
  source,
  text,
  shownCount,
}: {
  source: CommitPickerProps["source"];
  text: string;
  shownCount: number;
}) {
  const { list } = source;
  if (list.isPending) return <SkeletonLines count={6} />;
  if (list.isError) {
    return (
      <Callout tone="failed" role="alert" title="The commits could not be read">
        {list.error.message}
      </Callout>
    );
  }
  return (
    <>
      {shownCount === 0 && (
        <EmptyState
          title={text === "" ? "This branch has no commit" : "No commit that was read so far matches"}
        >
          {text === "" ? "Push one, then refresh." : "Show older ones, or paste a whole SHA and press Enter."}
        </EmptyState>
      )}
      {list.hasNextPage && (
        <Button
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          className="self-start"
        >
          Show older commits
        </Button>
      )}
    </>
  );
}

function BranchAndAge({ source, onBranch }: CommitPickerProps) {
  const page = source.newestPage;
  return (
    <>
      {page !== undefined && page.branches.length > 1 && (
        <span className="flex items-center gap-1.5">
          <GitBranch aria-hidden className="size-4 text-faint" />
          <Select
            aria-label="Branch"
            value={page.branch}
            onValueChange={onBranch}
            options={page.branches.map((branch) => ({ value: branch, label: branch }))}
            className="min-w-36"
          />
        </span>
      )}
      <Button
        size="small"
        variant="quiet"
        icon={<RefreshCw />}
        loading={source.isRefreshing}
        onClick={source.refresh}
      >
        Refresh
        {page !== undefined && !source.isRefreshing && (
          <span className="font-normal text-faint">
            read <Time at={page.refreshedAt} layout="relative" />
          </span>
        )}
      </Button>
    </>
  );
}
