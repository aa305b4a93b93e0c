"use client";
import { useEffect } from "react";
import type { StepName } from "#server/domain/deployment.ts";
import type { StepView } from "#server/domain/read-models.ts";
import type { LineRange } from "./line-range.ts";
import { LogLineView } from "./log-line.tsx";
import type { LogRows } from "./log-rows.ts";
import { LogStepHeading } from "./log-step-heading.tsx";
import type { LogStore } from "./log-store.ts";
import type { LogScroll } from "./use-log-scroll.ts";

export type LogLinesProps = {
  scroll: LogScroll;
  rows: LogRows;
  store: LogStore;
  steps: readonly StepView[];
  folded: ReadonlySet<StepName>;
  onToggle: (step: StepName) => void;
  range: LineRange | null;
  onChoose: (line: number, extend: boolean) => void;
  currentLine: number | null;
  find: string;
  isWrapped: boolean;
  isActive: boolean;
};

/** What scrolls must be reachable by keyboard. */
const reachable = { tabIndex: 0 };

/** Draws only the rows in view; the rest is empty height. */
export function LogLines(props: LogLinesProps) {
  const { scroll, rows, isWrapped, isActive } = props;
  const { virtualizer } = scroll;
  const items = virtualizer.getVirtualItems();
  useShown(props, items[0]?.index, items.at(-1)?.index);
  return (
    <div
      ref={scroll.elementRef}
      role="log"
      aria-label="Log of the deployment"
      // Read when asked for: a build prints faster than anyone can listen.
      aria-live="off"
      {...reachable}
      onScroll={scroll.onScroll}
      className="h-[max(20rem,calc(100dvh-17rem))] overflow-auto overscroll-y-contain border-y bg-canvas [overflow-anchor:none] max-lg:h-[65dvh]"
    >
      {rows.count === 0 ? (
        <p className="p-4 text-muted">
          {isActive ? "No line yet. They appear here as they are printed." : "Nothing was printed."}
        </p>
      ) : (
        <div
          className={isWrapped ? "relative w-full" : "relative w-max min-w-full"}
          style={{ height: virtualizer.getTotalSize() }}
        >
          <div
            className={isWrapped ? "w-full" : "w-max min-w-full"}
            style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}
          >
            {items.map((item) => (
              <div
                key={item.key}
                data-index={item.index}
                ref={isWrapped ? virtualizer.measureElement : undefined}
              >
                <Row {...props} index={item.index} />
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

function Row(props: LogLinesProps & { index: number }) {
  const { rows, store, range, find, isWrapped, onChoose } = props;
  const row = rows.at(props.index);
  if (row === null) return null;
  if (row.kind === "step") {
    const { part } = row;
    return (
      <LogStepHeading
        part={part}
        step={props.steps.find((step) => step.name === part.step)}
        isFolded={props.folded.has(part.step)}
        onToggle={() => props.onToggle(part.step)}
      />
    );
  }
  return (
    <LogLineView
      number={row.number}
      text={store.line(row.number)?.text}
      find={find}
      isChosen={range !== null && row.number >= range.from && row.number <= range.to}
      isCurrent={row.number === props.currentLine}
      isWrapped={isWrapped}
      onChoose={onChoose}
    />
  );
}

/** Has the lines in view read. */
function useShown(
  { rows, store }: LogLinesProps,
  firstRow: number | undefined,
  lastRow: number | undefined,
): void {
  const from = firstRow === undefined ? null : lineAt(rows, firstRow);
  const to = lastRow === undefined ? null : lineAt(rows, lastRow);
  useEffect(() => {
    if (from !== null && to !== null) store.show(from, to);
  }, [store, from, to]);
}

function lineAt(rows: LogRows, index: number): number | null {
  const row = rows.at(index);
  if (row === null) return null;
  return row.kind === "line" ? row.number : row.part.from;
}
