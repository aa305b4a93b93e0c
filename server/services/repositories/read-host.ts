import { eq } from "drizzle-orm";
import { hostKeys } from "#db/schema/repositories.ts";
import { gitHost, knownHostName, parseGitUrl } from "#server/domain/git-url.ts";
import { type HostView, publishedHostKeys } from "#server/domain/repository-access.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { fingerprintOf } from "#server/kernel/ssh-keys.ts";

export interface KnownHost {
  host: string;
  /** `ssh-ed25519 AAAA…` */
  keys: readonly string[];
  from: HostView["from"];
}

/** The ssh server of an address with the keys that are trusted: confirmed by a person, else those that it publishes. */
export async function readHost(ctx: Context, repositoryUrl: string): Promise<KnownHost> {
  const { host } = sshHost(repositoryUrl);
  const [row] = await ctx.db.select().from(hostKeys).where(eq(hostKeys.host, host));
  if (row !== undefined) return { host, keys: row.keys, from: "confirmed" };
  const published = Object.hasOwn(publishedHostKeys, host) ? publishedHostKeys[host] : undefined;
  return published === undefined
    ? { host, keys: [], from: "nowhere" }
    : { host, keys: [published.key], from: "published" };
}

export function hostViewOf({ host, keys, from }: KnownHost): HostView {
  return { host, from, keys: keys.map(keyView) };
}

export function keyView(key: string) {
  return { type: key.split(" ")[0] ?? "", fingerprint: fingerprintOf(key) };
}

/** Throws ValidationError "repositoryUrl" where the address is none of ssh. */
export function sshHost(repositoryUrl: string): { host: string; name: string; port: number } {
  const parsed = parseGitUrl(repositoryUrl);
  if (!parsed.ok) throw new ValidationError(parsed.problem, "repositoryUrl");
  const found = parsed.value.kind === "ssh" ? gitHost(parsed.value) : null;
  if (found === null) throw new ValidationError("Only ssh servers have host keys.", "repositoryUrl");
  return { host: knownHostName(found), name: found.name, port: found.port ?? 22 };
}
