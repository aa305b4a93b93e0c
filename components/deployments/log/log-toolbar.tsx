"use client";
import {
  ArrowDown,
  ArrowUp,
  ChevronsDownUp,
  ChevronsUpDown,
  Clock,
  Download,
  FileDown,
  FileText,
  OctagonAlert,
  Search,
  WrapText,
} from "lucide-react";
import { type KeyboardEvent, type RefObject, useId } from "react";
import { paths } from "#components/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import type { LogSearch } from "./use-log-search.ts";

export type LogToolbarProps = {
  deploymentId: number;
  search: LogSearch;
  searchRef: RefObject<HTMLInputElement | null>;
  isWrapped: boolean;
  onWrap: () => void;
  isTimed: boolean;
  onTime: () => void;
  isAllFolded: boolean;
  onFoldAll: () => void;
  /** Null where nothing failed. */
  onJumpToError: (() => void) | null;
};

export function LogToolbar(props: LogToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-1 gap-y-2 px-1 py-2">
      <SearchBox search={props.search} searchRef={props.searchRef} />
      <span className="ml-auto flex items-center gap-0.5">
        {props.onJumpToError !== null && (
          <Button
            size="small"
            variant="quiet"
            icon={<OctagonAlert className="text-failed" />}
            onClick={props.onJumpToError}
          >
            Jump to the error
          </Button>
        )}
        <IconButton
          label={props.isAllFolded ? "Unfold all steps" : "Fold all steps"}
          icon={props.isAllFolded ? <ChevronsUpDown /> : <ChevronsDownUp />}
          onClick={props.onFoldAll}
        />
        <IconButton
          label="Show when each line was printed"
          aria-pressed={props.isTimed}
          icon={<Clock />}
          onClick={props.onTime}
          className="aria-pressed:bg-accent-soft aria-pressed:text-accent"
        />
        <IconButton
          label="Wrap long lines"
          aria-pressed={props.isWrapped}
          icon={<WrapText />}
          onClick={props.onWrap}
          className="aria-pressed:bg-accent-soft aria-pressed:text-accent"
        />
        <RawLinks deploymentId={props.deploymentId} />
      </span>
    </div>
  );
}

function SearchBox({ search, searchRef }: Pick<LogToolbarProps, "search" | "searchRef">) {
  const summaryId = useId();
  const isEmpty = search.find === "";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") void search.go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") search.setText("");
    else return;
    event.preventDefault();
  };
  return (
    <search aria-label="Log" className="flex min-w-0 grow items-center gap-0.5 sm:max-w-sm">
      <Input
        ref={searchRef}
        type="search"
        data-shortcut="search"
        aria-label="Search the whole log"
        aria-describedby={summaryId}
        placeholder="Search the whole log"
        icon={<Search />}
        value={search.text}
        onChange={(event) => search.setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="pr-24"
      />
      <span
        id={summaryId}
        role="status"
        className="pointer-events-none relative -ml-24 w-22 shrink-0 truncate text-right text-faint text-xs"
      >
        {search.problem ?? search.summary}
      </span>
      <IconButton
        label="Previous match"
        hint={<Kbd>⇧↵</Kbd>}
        icon={<ArrowUp />}
        disabled={isEmpty}
        onClick={() => void search.go(-1)}
        className="ml-2"
      />
      <IconButton
        label="Next match"
        hint={<Kbd>↵</Kbd>}
        icon={<ArrowDown />}
        disabled={isEmpty}
        onClick={() => void search.go(1)}
      />
    </search>
  );
}

function RawLinks({ deploymentId }: { deploymentId: number }) {
  return (
    <>
      <a
        href={paths.rawLog(deploymentId)}
        aria-label="Raw log"
        title="Raw log"
        className={buttonClass({ variant: "quiet", className: "w-8 px-0!" })}
      >
        <FileText aria-hidden />
      </a>
      <a
        href={paths.rawLog(deploymentId, { download: "" })}
        download
        aria-label="Download the raw log"
        title="Download the raw log"
        className={buttonClass({ variant: "quiet", className: "w-8 px-0!" })}
      >
        <Download aria-hidden />
      </a>
      <a
        href={paths.rawLog(deploymentId, { download: "", plain: "" })}
        download
        aria-label="Download without colours"
        title="Download without colours"
        className={buttonClass({ variant: "quiet", className: "w-8 px-0!" })}
      >
        <FileDown aria-hidden />
      </a>
    </>
  );
}
