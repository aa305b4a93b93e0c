import { gitHost, parseGitUrl } from "./git-url.ts";

/** Where hosts show commits and files. */
interface HostPaths {
  commit: (sha: string) => string;
  file: (sha: string, path: string, line: number | null) => string;
}

const gitHub: HostPaths = {
  commit: (sha) => `commit/${sha}`,
  file: (sha, path, line) => `blob/${sha}/${path}${line === null ? "" : `#L${line}`}`,
};
const hosts: readonly [name: RegExp, paths: HostPaths][] = [
  [/^github\./, gitHub],
  [
    /^gitlab\./,
    {
      commit: (sha) => `-/commit/${sha}`,
      file: (sha, path, line) => `-/blob/${sha}/${path}${line === null ? "" : `#L${line}`}`,
    },
  ],
  [
    /^bitbucket\.org$/,
    {
      commit: (sha) => `commits/${sha}`,
      file: (sha, path, line) => `src/${sha}/${path}${line === null ? "" : `#lines-${line}`}`,
    },
  ],
  [
    /^(?:codeberg\.org|gitea\.|forgejo\.)/,
    {
      commit: (sha) => `commit/${sha}`,
      file: (sha, path, line) => `src/commit/${sha}/${path}${line === null ? "" : `#L${line}`}`,
    },
  ],
];

/** Where a repository's host shows a commit; null where the host is not known, or is none. */
export function commitUrl(repositoryUrl: string, sha: string): string | null {
  const place = placeOf(repositoryUrl);
  return place === null ? null : `${place.base}/${place.paths.commit(sha)}`;
}

/** Where it shows a file as it was at a commit, at a line where that is known. */
export function fileUrl(
  repositoryUrl: string,
  { sha, path, line }: { sha: string; path: string; line: number | null },
): string | null {
  const place = placeOf(repositoryUrl);
  if (place === null) return null;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${place.base}/${place.paths.file(sha, encoded, line)}`;
}

function placeOf(repositoryUrl: string): { base: string; paths: HostPaths } | null {
  const parsed = parseGitUrl(repositoryUrl);
  const host = parsed.ok ? gitHost(parsed.value) : null;
  if (!parsed.ok || host === null || parsed.value.kind === "local") return null;
  const paths = hosts.find(([name]) => name.test(host.name))?.[1];
  if (paths === undefined) return null;
  const { url } = parsed.value;
  const path = url.includes("://") ? new URL(url).pathname : url.slice(url.indexOf(":") + 1);
  const port = parsed.value.kind === "https" && host.port !== null ? `:${host.port}` : "";
  return {
    base: `https://${host.name}${port}/${path.replace(/^\/+/, "").replace(/(?:\.git)?\/*$/, "")}`,
    paths,
  };
}
