import { requestProblem } from "#components/request-problem.ts";

/** A line of a deployment's log, or of an instance's output. */
export interface ShownLine {
  number: number;
  text: string;
  /** Characters that are left out of `text`. */
  omitted: number;
  printedAt: string;
}

export interface LogAnswer {
  lines: ShownLine[];
  lineCount: number;
  /** Those before it are no longer there; 1 where left out. */
  firstLine?: number;
  isComplete: boolean;
}

export type ReadLog = (
  range: { afterLine: number; limit: number },
  signal: AbortSignal,
) => Promise<LogAnswer>;

/** An answer that never comes must not keep the next ones away. */
const readWithinMs = 10_000;

const pageLines = 500;
const mostPages = 20;

/**
 * The part of a deployment's log that is being looked at: pages of 500 lines, read when they come into view, at most
 * 20 of them kept. `subscribe` and `version` are for useSyncExternalStore.
 */
export class LogStore {
  lineCount: number;
  firstLine = 1;
  isComplete = false;
  /** Why the last read failed, until one succeeds. */
  problem: string | null = null;
  version = 0;
  /** Whether anything is known of it yet. */
  hasAnswered = false;
  readonly #read: ReadLog;
  readonly #pages = new Map<number, ShownLine[]>();
  readonly #loading = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #wanted = { from: 1, to: 1 };
  #isRefreshing = false;
  #isStale = false;

  constructor(read: ReadLog, lineCount: number) {
    this.#read = read;
    this.lineCount = lineCount;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  line(number: number): ShownLine | undefined {
    return this.#pages.get(pageOf(number))?.[(number - 1) % pageLines];
  }

  /** These lines are in view: reads what is missing of them. */
  show(from: number, to: number): void {
    this.#wanted = { from, to };
    for (let page = pageOf(from); page <= pageOf(to); page += 1) void this.#load(page);
  }

  /** The log has grown or ended: asks for what is new, again as long as news came meanwhile. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#take({ afterLine: this.lineCount, limit: pageLines });
    }
    this.#isRefreshing = false;
    this.show(this.#wanted.from, this.#wanted.to);
  }

  async #load(page: number): Promise<void> {
    const gone = Math.max(0, this.firstLine - 1 - page * pageLines);
    const held = Math.max(gone, this.#pages.get(page)?.length ?? 0);
    const there = Math.min(pageLines, this.lineCount - page * pageLines);
    if (held >= there || this.#loading.has(page)) return this.#touch(page);
    this.#loading.add(page);
    await this.#take({ afterLine: page * pageLines + held, limit: pageLines - held });
    this.#loading.delete(page);
  }

  async #take(range: { afterLine: number; limit: number }): Promise<void> {
    try {
      const answer = await this.#read(range, AbortSignal.timeout(readWithinMs));
      this.problem = null;
      this.hasAnswered = true;
      this.lineCount = Math.max(this.lineCount, answer.lineCount);
      this.firstLine = answer.firstLine ?? 1;
      this.isComplete = answer.isComplete;
      for (const line of answer.lines) this.#keep(line);
      this.#dropOld();
    } catch (error) {
      this.problem = requestProblem(error).message;
    }
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Only what follows on directly: a page has no holes, but for lines that are no longer there. */
  #keep(line: ShownLine): void {
    const page = pageOf(line.number);
    const lines = this.#pages.get(page) ?? [];
    const place = (line.number - 1) % pageLines;
    if (place !== lines.length && line.number !== this.firstLine) return;
    lines[place] = line;
    this.#pages.set(page, lines);
  }

  #touch(page: number): void {
    const lines = this.#pages.get(page);
    if (lines === undefined) return;
    this.#pages.delete(page);
    this.#pages.set(page, lines);
  }

  #dropOld(): void {
    const [first, last] = [pageOf(this.#wanted.from), pageOf(this.#wanted.to)];
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) return;
      if (page < first || page > last) this.#pages.delete(page);
    }
  }
}

function pageOf(line: number): number {
  return Math.floor((line - 1) / pageLines);
}
