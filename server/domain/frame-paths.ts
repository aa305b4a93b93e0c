/** What a file of a stack trace may be called in its repository. */

/** What compilers read, by what they make of it. */
const sources: readonly [built: RegExp, source: string][] = [
  [/\.(?:m|c)?js$/, ".ts"],
  [/\.(?:m|c)?js$/, ".tsx"],
  [/\.mjs$/, ".mts"],
  [/\.cjs$/, ".cts"],
  [/\.js$/, ".jsx"],
];
const builtFolder = /(^|\/)(?:dist|build|out|lib)\//;
const sourceFolders = ["src/", ""];
const packageFolders = ["src/main/java/", "src/main/kotlin/", "src/"];

/** Says so little that it stands for nothing by itself. */
const commonNames =
  /^(?:index|main|mod|lib|app|server|utils?|helpers?|common|types?|config|route|page|handler|init|__init__|__main__|program|startup)\.[a-z]+$/i;

export interface PathCandidate {
  path: string;
  /** 1 where the file is called so itself; less where that was worked out from what was built. */
  certainty: number;
  /** Whether what the trace speaks of was built of it: lines do not go by it then. */
  isBuilt: boolean;
}

/** From the repository's root: in `folder`, the service's own, or beside it. The likeliest first. */
export function pathCandidates(file: string, folder: string | null): PathCandidate[] {
  const plain = file.replace(/^(?:~|\.{1,2})?\/+/, "");
  const names = new Map<string, PathCandidate>();
  const add = (path: string, certainty: number, isBuilt = false) => {
    if (!names.has(path)) names.set(path, { path, certainty, isBuilt });
  };
  const prefixes = folder === null ? [""] : [`${folder.replace(/\/+$/, "")}/`, ""];
  for (const prefix of prefixes) add(prefix + plain, 1);
  for (const prefix of prefixes) {
    for (const built of builtNames(plain)) add(prefix + built, 0.8, true);
    if (/\.(?:java|kt|scala|groovy)$/.test(plain)) {
      for (const source of packageFolders) add(`${prefix}${source}${plain}`, 0.9);
    }
  }
  // Of a path that begins elsewhere, whatever of it is left may lie in the repository: not a name alone.
  const parts = plain.split("/");
  for (let from = 1; from <= parts.length - 2 && from <= 12; from += 1) add(parts.slice(from).join("/"), 0.7);
  return [...names.values()];
}

/** `dist/cart.js` may have been made of `src/cart.ts`. */
function builtNames(path: string): string[] {
  const folders = builtFolder.test(path)
    ? sourceFolders.map((folder) => path.replace(builtFolder, (_, before: string) => before + folder))
    : [];
  return [path, ...folders]
    .flatMap((name) => [
      name,
      ...sources.filter(([built]) => built.test(name)).map(([built, source]) => name.replace(built, source)),
    ])
    .filter((name) => name !== path);
}

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const stem = (path: string) => baseName(path).replace(/\.[a-z]+$/i, "");

/** How well a changed file fits one of a stack trace, from 0 to 1. */
export function fitOf(path: string, file: string, candidates: readonly PathCandidate[]): number {
  const named = candidates.find((candidate) => candidate.path === path);
  if (named !== undefined) return named.certainty;
  const name = baseName(path);
  if (commonNames.test(name)) return 0;
  if (name === baseName(file)) return 0.4;
  const isScript = (one: string) => /\.[mc]?[jt]sx?$/.test(one);
  return isScript(path) && isScript(file) && stem(path) === stem(file) ? 0.3 : 0;
}
