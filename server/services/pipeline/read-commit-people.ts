import type { Person } from "#server/domain/conditions.ts";
import { hasCommit } from "./checkout.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { readMirror, textOf } from "./read-mirror.ts";

const mostPeople = 20;
const trailer = (key: string) => `%(trailers:key=${key},valueonly,unfold,separator=%x01)`;
const format = `--format=%an%x00%ae%x00${trailer("Co-authored-by")}%x00${trailer("Reviewed-by")}`;

/** Who wrote a commit, and whom its message's trailers name as reviewers; null where the mirror does not have it. */
export async function readCommitPeople(
  mirror: Mirror,
  sha: string,
): Promise<{ authors: Person[]; reviewers: Person[] } | null> {
  if (!(await hasCommit(mirror, sha))) return null;
  const text = textOf(await readMirror(mirror, ["log", "-1", format, sha, "--"]));
  const [name = "", email = "", coAuthors = "", reviewers = ""] = text.split("\0");
  return {
    authors: [{ name, email: email === "" ? null : email }, ...parsePeople(coAuthors)],
    reviewers: parsePeople(reviewers),
  };
}

/** `Grace Example <grace@example.org>`, or a name alone. */
function parsePeople(values: string): Person[] {
  return values
    .split("\u0001")
    .map((value) => value.trim().slice(0, 500))
    .filter((value) => value !== "")
    .slice(0, mostPeople)
    .map((value) => {
      const [, name = "", email = ""] = /^(.*?)\s*<([^<>]*)>$/.exec(value) ?? ["", value];
      const shown = (name === "" ? email : name).slice(0, 200);
      return { name: shown, email: email.trim() === "" ? null : email.trim() };
    });
}
