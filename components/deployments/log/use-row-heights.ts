"use client";
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Rows } from "./log-rows.ts";
import { lineHeight } from "./log-window.ts";

const headingHeight = 32;
const mostRemembered = 5_000;

type Input = {
  rows: Rows;
  rowsRef: RefObject<HTMLDivElement | null>;
  isWrapped: boolean;
  width: number;
};

/** How high a row is: known beforehand, but for wrapped lines, which are measured once they are drawn. */
export function useRowHeights({ rows, rowsRef, isWrapped, width }: Input): (row: number) => number {
  const measured = useRef({ width, heights: new Map<number, number>() });
  const [, setVersion] = useState(0);
  if (measured.current.width !== width || measured.current.heights.size > mostRemembered) {
    measured.current = { width, heights: new Map() };
  }
  useLayoutEffect(() => {
    if (!isWrapped) return;
    const { heights } = measured.current;
    let isNew = false;
    for (const element of rowsRef.current?.children ?? []) {
      if (!(element instanceof HTMLElement)) continue;
      const row = rows.at(Number(element.dataset.row));
      if (row?.kind !== "line" || heights.get(row.number) === element.offsetHeight) continue;
      heights.set(row.number, element.offsetHeight);
      isNew = true;
    }
    if (isNew) setVersion((version) => version + 1);
  });
  return useCallback(
    (index) => {
      const row = rows.at(index);
      if (row?.kind === "step") return headingHeight;
      const known = isWrapped && row !== null ? measured.current.heights.get(row.number) : undefined;
      return known ?? lineHeight;
    },
    [rows, isWrapped],
  );
}
