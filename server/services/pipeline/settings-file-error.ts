import { ValidationError } from "#server/kernel/errors.ts";

export const settingsFileName = "anytime.yaml";

export interface SettingsFileProblem {
  /** Dotted path of the key; null where the file as a whole cannot be read. */
  field: string | null;
  /** Counted from 1. */
  line: number | null;
  message: string;
}

type SettingsFileProblems = readonly [SettingsFileProblem, ...SettingsFileProblem[]];

/** `anytime.yaml` cannot be read. The message names the first problem; `problems` has all of them. */
export class SettingsFileError extends ValidationError {
  override name = "SettingsFileError";
  readonly line: number | null;
  readonly problems: SettingsFileProblems;

  /** `file` is its path in the repository. */
  constructor(problems: SettingsFileProblems, file = settingsFileName) {
    const [first] = problems;
    const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
    super(`${withLine(first, file)}${more}`, first.field ?? settingsFileName);
    this.line = first.line;
    this.problems = problems;
  }
}

/** `anytime.yaml, line 4: …` */
function withLine(problem: SettingsFileProblem, file: string): string {
  const line = problem.line === null ? "" : `, line ${problem.line}`;
  return `${file}${line}: ${problem.message}`;
}
