/** What opens a private repository, and how ssh servers are told apart: rules and shapes. */

export const credentialKinds = ["deploy-key", "token"] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** What a page is told of a credential: never the secret. */
export interface CredentialView {
  id: string;
  kind: CredentialKind;
  username: string | null;
  /** What is added to the Git server; null for a token. */
  publicKey: string | null;
  madeByName: string;
  /** ISO 8601, in UTC. */
  madeAt: string;
}

export interface HostKeyView {
  /** `ssh-ed25519` */
  type: string;
  /** `SHA256:…` */
  fingerprint: string;
}

/** An ssh server's keys: those that are trusted, and where that comes from. */
export interface HostView {
  /** As in known_hosts. */
  host: string;
  keys: HostKeyView[];
  /** `published`: by the server's operators, and built in. */
  from: "published" | "confirmed" | "nowhere";
}

/** The Ed25519 keys that these hosts publish, each by its known_hosts name. */
export const publishedHostKeys: Readonly<Record<string, { key: string; source: string }>> = {
  "github.com": {
    key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    source: "https://api.github.com/meta",
  },
  "gitlab.com": {
    key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf",
    source: "https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints",
  },
  "bitbucket.org": {
    key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO",
    source: "https://bitbucket.org/site/ssh",
  },
};

/** Fields of errors that say: whoever reads this repository needs a credential, or has to confirm a host key. */
export const accessFields = { credential: "repositoryAccess", hostKey: "hostKey" } as const;
