/**
 * Which rows are drawn where. The place in the log is a share from 0 to 1: the row that stands at this share of all rows
 * is drawn at this share of the height in view. So the beginning and the end meet theirs whatever the rows' heights are,
 * no row's height but those drawn needs to be known, and a log may be higher than a browser can scroll.
 */
export interface LogWindow {
  first: number;
  last: number;
  /** Where the first one begins, from the upper edge in view. */
  top: number;
}

export interface WindowFacts {
  count: number;
  share: number;
  viewHeight: number;
  heightOf(row: number): number;
}

export const lineHeight = 20;
/** Firefox lays out no more than 17.9 million pixels. */
const mostHeight = 16_000_000;
/** Drawn beyond each edge, so that nothing is blank while a scroll is on its way. */
const beyondEdge = 400;

/** What the browser scrolls over. */
export function scrollHeight(count: number): number {
  return Math.min(mostHeight, count * lineHeight);
}

export function logWindow({ count, share, viewHeight, heightOf }: WindowFacts): LogWindow {
  const point = share * count;
  const middle = Math.min(count - 1, Math.floor(point));
  let [first, last] = [middle, middle];
  let top = share * viewHeight - (point - middle) * heightOf(middle);
  let bottom = top + heightOf(middle);
  for (; first > 0 && top > -beyondEdge; top -= heightOf(first)) first -= 1;
  for (; last < count - 1 && bottom < viewHeight + beyondEdge; bottom += heightOf(last)) last += 1;
  return { first, last, top };
}

/** The share at which a row, or a place within it, stands so far below the upper edge, as near as the ends allow. */
export function shareWith(
  row: number,
  below: number,
  { count, viewHeight }: Pick<WindowFacts, "count" | "viewHeight">,
): number {
  const hidden = count - viewHeight / lineHeight;
  return hidden <= 0 ? 0 : Math.min(1, Math.max(0, (row - below / lineHeight) / hidden));
}
