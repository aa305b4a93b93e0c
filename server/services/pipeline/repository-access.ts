import type { GitUrl } from "#server/domain/git-url.ts";

/** What a private repository is read with. Held in memory for the time of a fetch, and passed to nothing but Git. */
export type GitLogin =
  | { kind: "token"; username: string; token: string }
  | {
      kind: "deploy-key";
      /** In OpenSSH's format. */
      privateKey: string;
      /** Lines of known_hosts: these servers are believed, and no other. */
      knownHosts: readonly string[];
    };

export interface RepositoryAccess {
  /**
   * The credential's own id. A mirror is shared by all services of one address, and shows itself only to readers that
   * have read the repository themselves: who has no right to it sees nothing that another fetched.
   */
  reader: string;
  login: GitLogin;
}

/** Everybody without a credential. */
export const publicReader = "public";

export function readerOf(access: RepositoryAccess | null | undefined): string {
  return access?.reader ?? publicReader;
}

/** Whether a login can speak the address's protocol at all. */
export function suits(login: GitLogin, address: GitUrl): boolean {
  return address.kind === (login.kind === "token" ? "https" : "ssh");
}
