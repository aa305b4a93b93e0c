import type { StepName } from "#server/domain/deployment.ts";
import type { StepView } from "#server/domain/read-models.ts";

/** Lines `from` to `to` of one step; all lines of the log belong to exactly one part. */
export interface LogPart {
  step: StepName;
  from: number;
  to: number;
}

export type LogRow = { kind: "step"; part: LogPart } | { kind: "line"; number: number };

/** Cuts the log into its steps. The last one goes on to the end, since its lines come faster than its row. */
export function logParts(steps: readonly StepView[], lineCount: number): LogPart[] {
  const begun = steps
    .flatMap((step) => (step.firstLine === null ? [] : [{ step: step.name, from: step.firstLine }]))
    .filter((start) => start.from <= lineCount)
    .sort((one, other) => one.from - other.from);
  return begun.map((start, position) => ({
    step: start.step,
    from: position === 0 ? 1 : start.from,
    to: (begun[position + 1]?.from ?? lineCount + 1) - 1,
  }));
}

/** Which row of the view shows what. */
export interface Rows {
  readonly count: number;
  at(row: number): LogRow | null;
  rowOfLine(line: number): number | null;
  rowOfStep(step: StepName): number | null;
  /** The row that shows what a row of another folding, or of fewer lines, showed. */
  sameRow(row: LogRow | null): number | null;
}

/** Lines alone, from the first that is still there. */
export class LineRows implements Rows {
  readonly count: number;
  readonly #first: number;

  constructor(first: number, last: number) {
    this.#first = first;
    this.count = last - first + 1;
  }

  at(row: number): LogRow | null {
    return row >= 0 && row < this.count ? { kind: "line", number: this.#first + row } : null;
  }

  rowOfLine(line: number): number | null {
    const row = Math.max(0, line - this.#first);
    return row < this.count ? row : null;
  }

  rowOfStep(): null {
    return null;
  }

  sameRow(row: LogRow | null): number | null {
    return row?.kind === "line" ? this.rowOfLine(row.number) : null;
  }
}

/** The lines of steps: a heading for each part, then its lines unless it is folded. */
export class LogRows implements Rows {
  readonly parts: readonly LogPart[];
  readonly count: number;
  readonly #starts: number[] = [];
  readonly #folded: ReadonlySet<StepName>;

  constructor(parts: readonly LogPart[], folded: ReadonlySet<StepName>) {
    this.parts = parts;
    this.#folded = folded;
    let row = 0;
    for (const part of parts) {
      this.#starts.push(row);
      row += 1 + (folded.has(part.step) ? 0 : part.to - part.from + 1);
    }
    this.count = row;
  }

  at(row: number): LogRow | null {
    const position = this.#positionOf(row);
    const part = this.parts[position];
    if (part === undefined) return null;
    const offset = row - (this.#starts[position] ?? 0);
    return offset === 0 ? { kind: "step", part } : { kind: "line", number: part.from + offset - 1 };
  }

  partOfLine(line: number): LogPart | null {
    return this.parts.find((part) => line >= part.from && line <= part.to) ?? null;
  }

  /** The row of a line; of its step's heading where that is folded. */
  rowOfLine(line: number): number | null {
    const position = this.parts.findIndex((part) => line >= part.from && line <= part.to);
    const part = this.parts[position];
    if (part === undefined) return null;
    const start = this.#starts[position] ?? 0;
    return this.#folded.has(part.step) ? start : start + 1 + line - part.from;
  }

  rowOfStep(step: StepName): number | null {
    const position = this.parts.findIndex((part) => part.step === step);
    return position === -1 ? null : (this.#starts[position] ?? 0);
  }

  sameRow(row: LogRow | null): number | null {
    if (row === null) return null;
    return row.kind === "line" ? this.rowOfLine(row.number) : this.rowOfStep(row.part.step);
  }

  #positionOf(row: number): number {
    const next = this.#starts.findIndex((start) => start > row);
    return next === -1 ? this.#starts.length - 1 : next - 1;
  }
}
