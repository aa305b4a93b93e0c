"use client";
import { clsx } from "clsx";
import { type CSSProperties, type ReactNode, useEffect } from "react";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { LineRange } from "./line-range.ts";
import { LogLineView } from "./log-line.tsx";
import type { LogPart, Rows } from "./log-rows.ts";
import type { LogStore } from "./log-store.ts";
import type { LogScroll } from "./use-log-scroll.ts";

export type LogLinesProps = {
  scroll: LogScroll;
  rows: Rows;
  store: LogStore;
  heading: (part: LogPart) => ReactNode;
  range: LineRange | null;
  /** Null where lines have no address. */
  onChoose: ((line: number, extend: boolean) => void) | null;
  currentLine: number | null;
  find: string;
  isWrapped: boolean;
  isTimed: boolean;
  isActive: boolean;
  label: string;
  /** What stands there where nothing was printed and nothing will be. */
  emptyText: string;
};

/** What scrolls must be reachable by keyboard. */
const reachable = { tabIndex: 0 };

/** Draws only the rows in view; the rest is empty height. */
export function LogLines(props: LogLinesProps) {
  const { scroll, rows, isWrapped } = props;
  const { first, last, top } = scroll.window;
  useShown(props, first, last);
  const width = isWrapped ? "w-full" : "w-max min-w-full";
  return (
    <div
      ref={scroll.elementRef}
      role="log"
      aria-label={props.label}
      // Read when asked for: a build prints faster than anyone can listen.
      aria-live="off"
      {...reachable}
      onScroll={scroll.onScroll}
      style={{ "--log-width": `${scroll.viewWidth}px` } as CSSProperties}
      className="h-[max(20rem,calc(100dvh-17rem))] overflow-auto overscroll-y-contain border-y bg-canvas [overflow-anchor:none] max-lg:h-[65dvh]"
    >
      {rows.count === 0 ? (
        <Empty {...props} />
      ) : (
        <div className={clsx("relative overflow-y-clip", width)} style={{ height: scroll.height ?? "auto" }}>
          <div
            ref={scroll.rowsRef}
            className={clsx(width, scroll.height !== null && "absolute top-0 left-0")}
            style={{ transform: scroll.height === null ? undefined : `translateY(${top}px)` }}
          >
            {Array.from({ length: last - first + 1 }, (_, offset) => (
              <div key={keyOf(rows, first + offset)} data-row={first + offset}>
                <Row {...props} index={first + offset} />
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

function keyOf(rows: Rows, index: number): string | number {
  const row = rows.at(index);
  if (row === null) return index;
  return row.kind === "step" ? row.part.step : row.number;
}

function Row(props: LogLinesProps & { index: number }) {
  const { rows, store, range, find, isWrapped, onChoose } = props;
  const row = rows.at(props.index);
  if (row === null) return null;
  if (row.kind === "step") return props.heading(row.part);
  return (
    <LogLineView
      number={row.number}
      line={store.line(row.number)}
      find={find}
      isChosen={range !== null && row.number >= range.from && row.number <= range.to}
      isCurrent={row.number === props.currentLine}
      isWrapped={isWrapped}
      isTimed={props.isTimed}
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

function lineAt(rows: Rows, index: number): number | null {
  const row = rows.at(index);
  if (row === null) return null;
  return row.kind === "line" ? row.number : row.part.from;
}

/** Nothing is said of what is not known yet, nor beside why it could not be read. */
function Empty({ store, isActive, emptyText }: LogLinesProps) {
  if (!store.hasAnswered) {
    return store.problem === null ? (
      <div className="p-4">
        <SkeletonLines count={3} />
      </div>
    ) : null;
  }
  return (
    <p className="p-4 text-muted">
      {isActive ? "No line yet. They appear here as they are printed." : emptyText}
    </p>
  );
}
