import { ValidationError } from "#server/kernel/errors.ts";
import { contact, type Visit } from "./contact.ts";
import { runGit } from "./git.ts";

const timeoutMs = 15 * 60_000;

/** For `checkout`: Git hands each pointer to Git LFS, which has its object already. */
export const lfsFilter = [
  "filter.lfs.smudge=git-lfs smudge -- %f",
  "filter.lfs.process=git-lfs filter-process",
  "filter.lfs.required=true",
];

/**
 * Brings what the files of a commit keep in Git LFS into the mirror. The store is the repository's own, whatever its
 * `.lfsconfig` says. ValidationError "checkout.lfs" where there is no Git LFS or an object cannot be had.
 */
export async function fetchLfs(visit: Visit, mirror: { folder: string }, sha: string): Promise<void> {
  const installed = await runGit(["lfs", "version"]);
  if (installed.exitCode !== 0) {
    throw refuse("`git lfs` is not installed on this worker: install Git LFS, or leave out `checkout.lfs`.");
  }
  const { address } = visit;
  const url = address.kind === "local" ? `file://${address.path}` : address.url;
  const store = address.kind === "https" ? `${url.replace(/\/+$/, "")}/info/lfs` : url;
  const settings = [`remote.origin.url=${url}`, `lfs.url=${store}`, "lfs.concurrenttransfers=4"];
  await contact(["lfs", "fetch", "origin", sha], visit, {
    gitFolder: mirror.folder,
    settings: address.kind === "https" ? [...settings, "lfs.locksverify=false"] : settings,
    timeoutMs,
    explain: (stderr) => {
      const lines = stderr.split("\n").map((line) => line.trim());
      return refuse(
        `an object could not be fetched. (Git LFS said: ${lines.filter(Boolean).at(-1) ?? "nothing"})`,
      );
    },
  });
}

function refuse(problem: string): ValidationError {
  return new ValidationError(`Files kept in Git LFS cannot be checked out: ${problem}`, "checkout.lfs");
}
