"use client";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { StepName } from "#server/domain/deployment.ts";
import type { LogRows } from "./log-rows.ts";

const lineHeight = 20;
const headingHeight = 32;

export interface LogScroll {
  elementRef: RefObject<HTMLDivElement | null>;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  onScroll: () => void;
  canJumpToNewest: boolean;
  jumpToNewest: () => void;
  goToLine: (line: number) => void;
  goToStep: (step: StepName) => void;
}

export type LogScrollInput = { rows: LogRows; isActive: boolean; hasTarget: boolean };

/** Follows the newest line until one scrolls up, and from the moment one is at the end again. */
export function useLogScroll({ rows, isActive, hasTarget }: LogScrollInput): LogScroll {
  const elementRef = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(isActive && !hasTarget);
  const [target, setTarget] = useState<{ line: number } | null>(null);
  const lastTop = useRef(0);
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.count,
    getScrollElement: () => elementRef.current,
    estimateSize: (row) => (rows.at(row)?.kind === "step" ? headingHeight : lineHeight),
    getItemKey: useCallback((row: number) => keyOf(rows, row), [rows]),
    overscan: 24,
    useFlushSync: false,
  });

  useLayoutEffect(() => {
    if (isFollowing && isActive && rows.count > 0)
      virtualizer.scrollToIndex(rows.count - 1, { align: "end" });
  }, [isFollowing, isActive, rows.count, virtualizer]);

  useEffect(() => {
    if (target === null) return;
    const row = rows.rowOfLine(target.line);
    if (row === null) return;
    virtualizer.scrollToIndex(row, { align: "center" });
    setTarget(null);
  }, [target, rows, virtualizer]);

  return {
    elementRef,
    virtualizer,
    canJumpToNewest: isActive && !isFollowing,
    onScroll() {
      const element = elementRef.current;
      if (element === null) return;
      const toEnd = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (element.scrollTop < lastTop.current - 2 && toEnd > 2 * lineHeight) setFollowing(false);
      else if (toEnd < lineHeight / 2) setFollowing(true);
      lastTop.current = element.scrollTop;
    },
    jumpToNewest: () => setFollowing(true),
    goToLine(line) {
      setFollowing(false);
      setTarget({ line });
    },
    goToStep(step) {
      const row = rows.rowOfStep(step);
      if (row === null) return;
      setFollowing(false);
      virtualizer.scrollToIndex(row, { align: "start" });
    },
  };
}

function keyOf(rows: LogRows, index: number): string | number {
  const row = rows.at(index);
  if (row === null) return index;
  return row.kind === "step" ? row.part.step : row.number;
}
