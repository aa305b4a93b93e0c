import type { CommitRow } from "#server/domain/commit-list.ts";
import { isSha } from "#server/domain/git-url.ts";

/** Those whose message or author has each word, or whose SHA begins with the text. */
export function matchingCommits(commits: readonly CommitRow[], text: string): readonly CommitRow[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words[0] === "") return commits;
  return commits.filter((commit) => {
    const read = `${commit.subject}\n${commit.body}\n${commit.authorName}`.toLowerCase();
    return commit.sha.startsWith(words[0] ?? "") || words.every((word) => read.includes(word));
  });
}

/** A whole SHA that was pasted: it can be chosen without being in the list. */
export function wholeSha(text: string): string | undefined {
  const sha = text.trim().toLowerCase();
  return isSha(sha) ? sha : undefined;
}
