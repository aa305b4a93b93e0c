import { accessFields } from "#server/domain/repository-access.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { fingerprintOf } from "#server/kernel/ssh-keys.ts";
import type { GitLogin } from "./repository-access.ts";

interface Cause {
  sign: RegExp;
  text(login: GitLogin | null, stderr: string): string;
  field?: string;
  /** Whether it may mean that this login has no right to the repository, or none any more. */
  isRefusal?(login: GitLogin | null): boolean;
}

/** Whoever asked may not read the repository: nor what is here of it. */
export class RepositoryRefusedError extends ValidationError {
  override name = "RepositoryRefusedError";
}

const causes: Cause[] = [
  {
    sign: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known/i,
    text: changedHostKey,
    field: accessFields.hostKey,
  },
  {
    sign: /unable to update url base from redirection|returned error: 30\d/i,
    text: () =>
      "The server sends readers on to another address: the repository was renamed or has moved. Use its new " +
      "address; credentials are never sent after a redirect.",
  },
  {
    sign: /could not read (?:Username|Password)|Authentication failed|Permission denied|terminal prompts disabled|error: 40[13]/i,
    text: (login) => refusals[login?.kind ?? "none"],
    field: accessFields.credential,
    isRefusal: () => true,
  },
  {
    sign: /not found|does not appear to be a git repository|does not exist|No such file or directory/i,
    text: (login) =>
      login === null
        ? "There is no repository at this address, or it may not be read without credentials."
        : "There is no repository at this address, or its credential is not for this one.",
    // Git servers do not tell strangers what there is.
    isRefusal: (login) => login !== null,
  },
  {
    sign: /Could not resolve host|Connection refused|timed out|Network is unreachable|No route to host|unable to access|unable to connect|Connection closed|Connection reset/i,
    text: () => "It cannot be reached from this machine. Check the address and the network.",
  },
];

const refusals = {
  none: "This repository is private, or there is none: add a deploy key or a token.",
  token:
    "The Git server refuses the token: it was revoked, has expired, or may not read this repository. Replace it.",
  "deploy-key":
    "The Git server does not take the deploy key: add its public half to the repository's deploy keys there, " +
    "or replace it.",
};

/** What Git said about a repository that it could not read; the field is "repositoryUrl" unless access is the matter. */
export function repositoryProblem(stderr: string, login: GitLogin | null = null): ValidationError {
  const lines = stderr.split("\n").map((line) => line.trim());
  const cause = causes.find(({ sign }) => sign.test(stderr));
  const telling =
    lines.find((line) => cause?.sign.test(line)) ??
    lines.find((line) => /^(?:fatal|ssh|remote): ./.test(line)) ??
    lines.find(Boolean) ??
    "nothing";
  const said = telling.replace(/^(?:fatal|remote): /, "").slice(0, 300);
  if (cause === undefined) {
    return new ValidationError(`Git could not read the repository: ${said}`, "repositoryUrl");
  }
  const text = cause.text(login, stderr);
  const Problem = cause.isRefusal?.(login) === true ? RepositoryRefusedError : ValidationError;
  return new Problem(`${text} (Git said: ${said})`, cause.field ?? "repositoryUrl");
}

/** ssh names the key that it was shown; the one that is pinned stands in the login. */
function changedHostKey(login: GitLogin | null, stderr: string): string {
  const [, shown = "another"] = /(SHA256:[A-Za-z0-9+/]+)/.exec(stderr) ?? [];
  const pinned = login?.kind === "deploy-key" ? login.knownHosts.map(fingerprintOfLine).join(", ") : "";
  return (
    `The server's host key is not the confirmed one: confirmed is ${pinned}, shown was ${shown}. Nothing was sent ` +
    "to it. If its operators say that they changed it, confirm the new key; else somebody may be in between."
  );
}

function fingerprintOfLine(line: string): string {
  return fingerprintOf(line.slice(line.indexOf(" ") + 1));
}
