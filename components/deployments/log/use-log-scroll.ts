"use client";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { StepName } from "#server/domain/deployment.ts";
import type { Rows } from "./log-rows.ts";
import { type LogWindow, lineHeight, logWindow, scrollHeight, shareWith } from "./log-window.ts";
import { useRowHeights } from "./use-row-heights.ts";

export interface LogScroll {
  elementRef: RefObject<HTMLDivElement | null>;
  rowsRef: RefObject<HTMLDivElement | null>;
  /** Of the whole log; null where all of it is drawn, one row below the other. */
  height: number | null;
  viewWidth: number;
  /** `top` from the beginning of the log. */
  window: LogWindow;
  onScroll: () => void;
  canJumpToNewest: boolean;
  jumpToNewest: () => void;
  goToLine: (line: number) => void;
  goToStep: (step: StepName) => void;
}

export type LogScrollInput = { rows: Rows; isActive: boolean; hasTarget: boolean; isWrapped: boolean };

/** A log of so few rows is drawn whole. */
const drawnWhole = 300;

/** Follows the newest line until one scrolls up, and from the moment one is at the end again. */
export function useLogScroll({ rows, isActive, hasTarget, isWrapped }: LogScrollInput): LogScroll {
  const elementRef = useRef<HTMLDivElement>(null);
  const rowsRef = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(isActive && !hasTarget);
  const [target, setTarget] = useState<{ row: () => number | null; align: "center" | "start" } | null>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const view = useViewSize(elementRef);
  const lastTop = useRef(0);
  const isWhole = rows.count <= drawnWhole;
  const heightOf = useRowHeights({ rows, rowsRef, isWrapped: isWrapped && !isWhole, width: view.width });

  const height = scrollHeight(rows.count);
  const most = Math.max(0, height - view.height);
  const share = most === 0 ? 0 : Math.min(1, scrollTop / most);
  const drawn = isWhole
    ? { first: 0, last: rows.count - 1, top: 0 }
    : logWindow({ count: rows.count, share, viewHeight: view.height, heightOf });
  const scrollTo = useCallback((top: number) => {
    const element = elementRef.current;
    if (element === null) return;
    element.scrollTop = top;
    lastTop.current = element.scrollTop;
    // At once, so that no frame is painted with the rows of the place before.
    setScrollTop(element.scrollTop);
  }, []);

  useLayoutEffect(() => {
    const element = elementRef.current;
    if (isFollowing && isActive && element !== null && rows.count > 0 && view.height > 0) {
      scrollTo(element.scrollHeight);
    }
  }, [isFollowing, isActive, rows.count, view, scrollTo]);

  useStayingPlace({ rows, share, view, isHeld: !isFollowing && !isWhole }, (kept) => scrollTo(kept * most));

  useEffect(() => {
    const row = target?.row() ?? null;
    if (target === null || row === null || view.height === 0) return;
    const below = target.align === "start" ? 0 : view.height / 2 - lineHeight;
    const element = rowsRef.current?.children.item(row);
    if (isWhole) scrollTo((element instanceof HTMLElement ? element.offsetTop : 0) - below);
    else if (isWrapped) scrollTo(((row + 0.5) / rows.count) * most);
    else scrollTo(shareWith(row, below, { count: rows.count, viewHeight: view.height }) * most);
    setTarget(null);
  }, [target, rows, view, isWhole, isWrapped, most, scrollTo]);

  const rowsNow = useRef(rows);
  rowsNow.current = rows;
  const goTo = (row: () => number | null, align: "center" | "start") => {
    setFollowing(false);
    setTarget({ row, align });
  };
  return {
    elementRef,
    rowsRef,
    height: isWhole ? null : height,
    viewWidth: view.width,
    window: { ...drawn, top: isWhole ? 0 : Math.min(scrollTop, most) + drawn.top },
    canJumpToNewest: isActive && !isFollowing,
    onScroll() {
      const element = elementRef.current;
      if (element === null) return;
      const toEnd = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (element.scrollTop < lastTop.current - 2 && toEnd > 2 * lineHeight) setFollowing(false);
      else if (toEnd < lineHeight / 2) setFollowing(true);
      lastTop.current = element.scrollTop;
      // Before this frame is painted: a jump would show a blank one.
      flushSync(() => setScrollTop(element.scrollTop));
    },
    jumpToNewest: () => setFollowing(true),
    goToLine: (line) => goTo(() => rowsNow.current.rowOfLine(line), "center"),
    goToStep: (step) => goTo(() => rowsNow.current.rowOfStep(step), "start"),
  };
}

interface ViewSize {
  width: number;
  height: number;
}

function useViewSize(elementRef: RefObject<HTMLDivElement | null>): ViewSize {
  const [size, setSize] = useState<ViewSize>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = elementRef.current;
    if (element === null) return;
    const look = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [elementRef]);
  return size;
}

/** Rows come, and steps fold: what stands in view stays where it is. */
function useStayingPlace(
  { rows, share, view, isHeld }: { rows: Rows; share: number; view: ViewSize; isHeld: boolean },
  move: (share: number) => void,
): void {
  const before = useRef({ rows, share, height: view.height });
  useLayoutEffect(() => {
    const { rows: former, share: formerShare, height } = before.current;
    before.current = { rows, share, height: view.height };
    if (former === rows || !isHeld || former.count === 0 || height === 0) return;
    const point = formerShare * former.count;
    const row = rows.sameRow(former.at(Math.min(former.count - 1, Math.floor(point))));
    if (row === null) return;
    const place = { count: rows.count, viewHeight: view.height };
    const kept = shareWith(row + (point % 1), formerShare * height, place);
    before.current.share = kept;
    move(kept);
  });
}
