import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const resultsFolder = fileURLToPath(new URL("../results", import.meta.url));
export const stateFile = join(resultsFolder, "portal.json");
/** The administrator's signed-in browser, saved by the first test. */
export const signedInFile = join(resultsFolder, "signed-in.json");

export interface PortalState {
  url: string;
  routerPort: number;
  dataFolder: string;
  setupLink: string;
  /** Repositories in here may be registered by their path. */
  repositories: string;
  /** Where the portal's mails arrive, a file each, in their order. */
  mails: string;
}

export function portalState(): PortalState {
  return JSON.parse(readFileSync(stateFile, "utf8")) as PortalState;
}

export const administrator = {
  name: "Ada Example",
  email: "ada@example.org",
  password: "correct horse battery",
};

/** Whoever signs in at the OpenID provider beside the portal. */
export const grace = {
  sub: "grace",
  name: "Grace Example",
  email: "grace@example.org",
  email_verified: true,
};
