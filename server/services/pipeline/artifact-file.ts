import { join } from "node:path";

/** Where an artifact lies in the store. A digest is 64 hex digits, so it cannot lead out of the folder. */
export function artifactFile(artifactsFolder: string, digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error("An artifact's digest is a SHA-256 in hex.");
  return join(artifactsFolder, `${digest}.tar.zst`);
}
