"use client";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLogNews } from "#components/live-queries.ts";
import { useTRPCClient } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import type { StepName } from "#server/domain/deployment.ts";
import type { DeploymentDetail, StepView } from "#server/domain/read-models.ts";
import { JumpToNewest } from "./jump-to-newest.tsx";
import { chooseLine } from "./line-range.ts";
import { LogLines } from "./log-lines.tsx";
import { LogRows, logParts } from "./log-rows.ts";
import { LogStepHeading } from "./log-step-heading.tsx";
import { LogToolbar } from "./log-toolbar.tsx";
import { useFolding } from "./use-folding.ts";
import { useLineRange } from "./use-line-range.ts";
import { useLogScroll } from "./use-log-scroll.ts";
import { useLogSearch } from "./use-log-search.ts";
import { useLogStore } from "./use-log-store.ts";

export type LogViewProps = {
  deploymentId: number;
  steps: readonly StepView[];
  log: DeploymentDetail["log"];
  isActive: boolean;
  failedStep: StepName | null;
  /** A step that was chosen elsewhere on the page; a new object each time. */
  wantedStep: { name: StepName } | null;
};

/** The log of a deployment: read in ranges, searched as a whole, folded by step, followed while it grows. */
export function LogView(props: LogViewProps) {
  const { deploymentId, steps, isActive, failedStep, wantedStep } = props;
  const client = useTRPCClient();
  const store = useLogStore(
    (range, signal) => client.deployments.readLog.query({ id: deploymentId, ...range }, { signal }),
    props.log.lineCount,
  );
  useLogNews(deploymentId, () => void store.refresh());
  const folding = useFolding();
  const { lineCount } = store;
  const rows = useMemo(
    () => new LogRows(logParts(steps, lineCount), folding.folded),
    [steps, lineCount, folding.folded],
  );
  const [range, setRange] = useLineRange();
  const [isWrapped, setWrapped] = useState(false);
  const [isTimed, setTimed] = useState(false);
  const [errorLine, setErrorLine] = useState<number | null>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const scroll = useLogScroll({ rows, isActive, hasTarget: range !== null, isWrapped });
  const goToLine = (line: number) => {
    const part = rows.partOfLine(line);
    if (part !== null) folding.unfold(part.step);
    scroll.goToLine(line);
  };
  const search = useLogSearch(deploymentId, goToLine);
  const lastOfFailed = rows.parts.find((part) => part.step === failedStep)?.to ?? null;
  const jumpToError = (line: number) => {
    setErrorLine(line);
    goToLine(line);
  };
  useFirstLook({ range: range?.from ?? null, lastOfFailed, goToLine, jumpToError, isReady: rows.count > 0 });
  useWantedStep(wantedStep, scroll.goToStep);

  return (
    <section aria-labelledby="log-heading" className="flex min-w-0 flex-col">
      <h2 id="log-heading" className="sr-only">
        Log
      </h2>
      <LogToolbar
        deploymentId={deploymentId}
        search={search}
        searchRef={searchRef}
        isWrapped={isWrapped}
        onWrap={() => setWrapped(!isWrapped)}
        isTimed={isTimed}
        onTime={() => setTimed(!isTimed)}
        isAllFolded={rows.parts.length > 0 && rows.parts.every((part) => folding.folded.has(part.step))}
        onFoldAll={() => folding.toggleAll(rows.parts.map((part) => part.step))}
        onJumpToError={lastOfFailed === null ? null : () => jumpToError(lastOfFailed)}
      />
      {props.log.isGone && (
        <Callout tone="waiting" title={`The log was kept for ${props.log.keptDays} days and is gone`}>
          What was deployed, by whom and how each step ended stays on this page.
        </Callout>
      )}
      {store.problem !== null && (
        <Callout
          tone="attention"
          role="alert"
          title="A part of the log could not be read"
          actions={<Button onClick={() => void store.refresh()}>Read it again</Button>}
        >
          {store.problem}
        </Callout>
      )}
      <div className="relative min-w-0">
        <LogLines
          scroll={scroll}
          rows={rows}
          store={store}
          heading={(part) => (
            <LogStepHeading
              part={part}
              step={steps.find((step) => step.name === part.step)}
              isFolded={folding.folded.has(part.step)}
              onToggle={() => folding.toggle(part.step)}
            />
          )}
          range={range}
          onChoose={(line, extend) => setRange(chooseLine(range, line, extend))}
          currentLine={search.line ?? errorLine}
          find={search.find}
          isWrapped={isWrapped}
          isTimed={isTimed}
          label="Log of the deployment"
          emptyText={props.log.isGone ? "It is gone." : "Nothing was printed."}
          isActive={isActive}
        />
        <JumpToNewest scroll={scroll} />
      </div>
    </section>
  );
}

/** Where one stands at first: at the lines that the address names, else at the error. */
function useFirstLook(look: {
  range: number | null;
  lastOfFailed: number | null;
  goToLine: (line: number) => void;
  jumpToError: (line: number) => void;
  isReady: boolean;
}): void {
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (!look.isReady) return;
    const target = look.range !== null ? `line ${look.range}` : `error ${look.lastOfFailed}`;
    if (seen.current === target) return;
    const isFirst = seen.current === null;
    seen.current = target;
    if (look.range !== null) look.goToLine(look.range);
    else if (look.lastOfFailed !== null && isFirst) look.jumpToError(look.lastOfFailed);
  });
}

function useWantedStep(wanted: { name: StepName } | null, goToStep: (step: StepName) => void): void {
  const done = useRef<object | null>(null);
  useEffect(() => {
    if (wanted === null || done.current === wanted) return;
    done.current = wanted;
    goToStep(wanted.name);
  });
}
