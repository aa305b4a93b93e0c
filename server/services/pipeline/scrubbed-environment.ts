import { delimiter, dirname, sep } from "node:path";
import { repositoryRoot } from "#server/kernel/env.ts";

/**
 * The whole environment of a step or an instance: nothing of the portal's own (key, database address, tokens)
 * gets in. `variables` are laid over it.
 */
export function scrubbedEnvironment(input: {
  home: string;
  temporaryFolder: string;
  variables?: Readonly<Record<string, string>>;
}): Record<string, string> {
  return {
    PATH: searchPath(process.env.PATH ?? ""),
    HOME: input.home,
    TMPDIR: input.temporaryFolder,
    LANG: process.env.LANG ?? "C.UTF-8",
    TERM: "xterm-256color",
    CI: "true",
    ...input.variables,
  };
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** PATH without the portal's own tools: npm puts `node_modules/.bin` of its folder and of those above first. */
function searchPath(inherited: string): string {
  const own = repositoryRoot.endsWith(sep) ? repositoryRoot : repositoryRoot + sep;
  const above = new Set<string>();
  for (let folder = dirname(own); folder !== dirname(folder); folder = dirname(folder)) {
    above.add(`${folder}${sep}node_modules${sep}.bin`);
  }
  const kept = inherited
    .split(delimiter)
    .filter((folder) => folder.startsWith(sep) && !folder.startsWith(own))
    .filter((folder) => !above.has(folder) && !folder.endsWith("node-gyp-bin"));
  return kept.length === 0 ? systemPath : [...new Set(kept)].join(delimiter);
}
