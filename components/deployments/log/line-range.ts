/** Lines as an address names them: `#L10` or `#L10-L20`. */
export interface LineRange {
  from: number;
  to: number;
}

export function parseLineRange(hash: string): LineRange | null {
  const match = /^#L([1-9]\d{0,8})(?:-L?([1-9]\d{0,8}))?$/.exec(hash);
  if (match === null) return null;
  const first = Number(match[1]);
  const second = match[2] === undefined ? first : Number(match[2]);
  return { from: Math.min(first, second), to: Math.max(first, second) };
}

export function formatLineRange({ from, to }: LineRange): string {
  return from === to ? `#L${from}` : `#L${from}-L${to}`;
}

/** What a click on a line's number chooses: with shift, everything between the first chosen line and this one. */
export function chooseLine(chosen: LineRange | null, line: number, extend: boolean): LineRange {
  if (!extend || chosen === null) return { from: line, to: line };
  return line < chosen.from ? { from: line, to: chosen.to } : { from: chosen.from, to: line };
}
