import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import {
  type SettingsFile,
  type SettingsFileInput,
  settingsAt,
  settingsFileSchema,
} from "#server/domain/service-settings.ts";
import { legible } from "#server/domain/settings-keys.ts";
import { type SettingsProblem, settingsProblems } from "#server/domain/settings-problems.ts";
import { SettingsFileError, type SettingsFileProblem } from "./settings-file-error.ts";

const mostBytes = 64 * 1024;
const mostAliases = 30;
const deepestNesting = 60;

export interface ReadSettings {
  file: SettingsFile;
  /** As written, for storing: reading it again gives `file`. */
  fileInput: SettingsFileInput;
}

/** Reads `anytime.yaml`. Throws SettingsFileError with every problem's key and line. */
export function parseSettingsFile(text: string): ReadSettings {
  if (Buffer.byteLength(text) > mostBytes) throw unreadable("The file is larger than 64 KiB.");
  if (nestsTooDeep(text)) throw unreadable("It nests too deep.");
  const lines = new LineCounter();
  // Its own check for doubled keys takes quadratic time: see misusedKeys.
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const lineAt = (node: Node | null) => (node?.range ? lines.linePos(node.range[0]).line : null);
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw unreadable(explain(broken), lines.linePos(broken.pos[0]).line);
  refuse(misusedKeys(document).map((key) => ({ ...key, line: lineAt(key.node) })));
  const written = toValue(document);
  const parsed = settingsFileSchema.safeParse(written);
  if (parsed.success) return { file: parsed.data, fileInput: written as SettingsFileInput };
  const problems = settingsProblems(parsed.error, written);
  refuse(problems.map((problem) => ({ ...problem, line: lineAt(nodeOf(document, problem)) })));
  throw parsed.error;
}

/** The same of a file wherever it lies: it is for its folder, and what is wrong is said by its path. */
export function parseSettingsFileAt(settingsPath: string, text: string): ReadSettings {
  try {
    const fileInput = settingsAt(settingsPath, parseSettingsFile(text).fileInput);
    return { file: settingsFileSchema.parse(fileInput), fileInput };
  } catch (error) {
    throw error instanceof SettingsFileError ? new SettingsFileError(error.problems, settingsPath) : error;
  }
}

function toValue(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    if (value !== null) return value;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw unreadable(`It repeats itself too often: at most ${mostAliases} aliases (\`*name\`) are taken.`);
  }
  throw unreadable("The file is empty. It needs at least `release.start`.");
}

function refuse(problems: SettingsFileProblem[]): void {
  const [first, ...more] = problems.map(({ field, line, message }) => ({ field, line, message }));
  if (first !== undefined) throw new SettingsFileError([first, ...more]);
}

function unreadable(message: string, line: number | null = null): SettingsFileError {
  return new SettingsFileError([{ field: null, line, message }]);
}

function explain(problem: { code: string; message: string }): string {
  if (problem.code === "MULTIPLE_DOCS") return "It holds several documents (`---`): write one.";
  if (problem.code === "TAB_AS_INDENT")
    return "A tab stands at the beginning of the line: indent with spaces.";
  return `This is not valid YAML: ${problem.message}`;
}

/** The parser would notice as well, but only after it has filled the stack. */
function nestsTooDeep(text: string): boolean {
  const brackets = text.split(/[[{]/).length - text.split(/[\]}]/).length;
  return brackets > deepestNesting || /(?:[-?][ \t]+){60}/.test(text);
}

function misusedKeys(document: Document): { field: string; message: string; node: Node | null }[] {
  const misused: { field: string; message: string; node: Node | null }[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : null;
        const node = isNode(key) ? key : null;
        if (name === null) misused.push({ field: "", message: "A key is one word.", node });
        else if (name === "__proto__") {
          // The schema would pass it over in silence where names are free.
          misused.push({ field: name, message: "`__proto__` is not a key that can be used.", node });
        } else if (seen.has(name))
          misused.push({ field: name, message: `\`${legible(name)}\` is there twice.`, node });
        else seen.add(name);
      }
    },
  });
  return misused;
}

/** The key that a problem is about; where it is missing, the one that it is missing in. */
function nodeOf(document: Document, problem: SettingsProblem): Node | null {
  let found = document.contents as Node | null;
  let place: unknown = found;
  for (const part of problem.path) {
    if (isMap(place)) {
      const pair = place.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return found;
      found = pair.key as Node;
      place = pair.value;
    } else if (isSeq(place)) {
      place = place.items[Number(part)];
      if (place === undefined) return found;
      found = place as Node;
    } else return found;
  }
  return found;
}
