import { Digest } from "#components/ui/digest.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Commits } from "#server/domain/read-models.ts";

export type CommitLinesProps = { changes: Commits; label: string; empty: string };

/** Commits, newest first: message, author, age. */
export function CommitLines({ changes, label, empty }: CommitLinesProps) {
  if (changes.total === 0) return <p className="py-2 text-muted">{empty}</p>;
  const more = changes.total - changes.commits.length;
  return (
    <>
      <ul aria-label={label} className="divide-y">
        {changes.commits.map((commit) => (
          <li key={commit.sha} className="flex min-w-0 flex-wrap items-baseline gap-x-3 py-2">
            <span className="min-w-0 grow basis-60 wrap-anywhere">{commit.subject}</span>
            <span className="flex flex-wrap items-baseline gap-x-3 text-muted text-sm">
              <span>{commit.authorName}</span>
              <Time at={commit.committedAt} layout="relative" />
              <Digest value={commit.sha} kind="commit" />
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="py-2 text-muted text-sm">and {more.toLocaleString("en")} older ones</p>}
    </>
  );
}
