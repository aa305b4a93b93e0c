/** A commit as Git tells of it. */
export interface Commit {
  sha: string;
  subject: string;
  body: string;
  authorName: string;
  committedAt: Date;
}

/** With `-z` every field ends with NUL, which no commit message can hold. */
export const commitFormat = ["-z", "--format=tformat:%H%x00%an%x00%ct%x00%s%x00%b"];
const fieldCount = 5;

export function parseCommits(text: string): Commit[] {
  const fields = text.split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at + fieldCount <= fields.length - 1; at += fieldCount) {
    const [sha = "", authorName = "", seconds = "", subject = "", body = ""] = fields.slice(
      at,
      at + fieldCount,
    );
    commits.push({
      sha,
      subject: subject.slice(0, 500) || "(no message)",
      body: body.trim().slice(0, 10_000),
      authorName: authorName.slice(0, 200) || "unknown",
      committedAt: new Date(Number(seconds) * 1_000),
    });
  }
  return commits;
}
