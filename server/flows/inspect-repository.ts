import type { Commit } from "#server/domain/read-models.ts";
import type { ServiceSettings } from "#server/domain/service-settings.ts";
import { slugLengthLimit } from "#server/domain/slug.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { defaultBranch } from "#server/services/pipeline/default-branch.ts";
import { ensureMirror, type Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { listBranches } from "#server/services/pipeline/list-branches.ts";
import { listSettingsFiles } from "#server/services/pipeline/list-settings-files.ts";
import type { RepositoryAccess } from "#server/services/pipeline/repository-access.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import { settingsFileName } from "#server/services/pipeline/settings-file-error.ts";
import { listEnvironments } from "#server/services/services/list-environments.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { toCommit } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { readServiceSettings, resolveSettings, type SettingsSource } from "./read-service-settings.ts";
import { ownAccess } from "./repository-access.ts";

export interface RepositoryInspection {
  repositoryUrl: string;
  defaultBranch: string;
  branch: string;
  branches: string[];
  head: Commit;
  /** Where settings files lie at that commit: each may be a service of its own. */
  settingsPaths: string[];
  /** The one that was looked at. */
  settingsPath: string;
  suggestedSlug: string;
  suggestedName: string;
  isSlugTaken: boolean;
  settings: InspectedSettings;
}

export type InspectedSettings =
  | { from: "file"; resolved: Record<string, ServiceSettings>; fileText: string }
  | { from: "none" }
  | { from: "broken"; problem: string; field: string | null; line: number | null; fileText: string };

export interface RepositoryToInspect {
  repositoryUrl: string;
  branch?: string | undefined;
  /** The root's where left out, else the first that there is. */
  settingsPath?: string | undefined;
  /** One that the actor has made for this address; see server/services/repositories. */
  credentialId?: string | undefined;
}

/**
 * Looks at a repository before a service is made of it. ValidationError at "repositoryUrl" or "branch", or at one of
 * `accessFields` where a credential or a host key's confirmation is missing.
 */
export async function inspectRepository(
  ctx: Context,
  input: RepositoryToInspect,
  installation: Installation,
  access?: RepositoryAccess | null,
): Promise<RepositoryInspection> {
  demand(ctx, "manageServices");
  const repositoryUrl = input.repositoryUrl.trim();
  const { mirrorsFolder, allowedLocalFolders } = installation;
  const own = { repositoryUrl, credentialId: input.credentialId };
  const mirror = await ensureMirror({
    ...{ repositoryUrl, mirrorsFolder, allowedLocalFolders },
    access: access ?? (await ownAccess(ctx, own, installation)),
  });
  const named = await defaultBranch(mirror);
  const branch = input.branch?.trim() || named;
  const head = await resolveBranch(mirror, branch);
  const settingsPaths = await listSettingsFiles(mirror, head.sha);
  const settingsPath = input.settingsPath ?? settingsPaths[0] ?? settingsFileName;
  const source = await readServiceSettings(mirror, head.sha, { settingsPath, typedSettings: null });
  const environments = (await listEnvironments(ctx)).map((environment) => environment.slug);
  const suggestedSlug = source.file?.service ?? slugOf(source.scope.path ?? repositoryUrl);
  return {
    repositoryUrl,
    defaultBranch: named,
    branch,
    branches: await listBranches(mirror),
    head: toCommit(head),
    settingsPaths,
    settingsPath,
    suggestedSlug,
    suggestedName: nameOf(suggestedSlug),
    isSlugTaken: (await listServices(ctx)).some((service) => service.slug === suggestedSlug),
    settings: inspectedSettings(source, environments),
  };
}

/** The newest commit of a branch; ValidationError names the field "branch". */
export async function resolveBranch(mirror: Mirror, branch: string) {
  try {
    return await resolveRef(mirror, branch);
  } catch (error) {
    if (error instanceof ValidationError && error.field === "ref") {
      throw new ValidationError(error.message, "branch");
    }
    throw error;
  }
}

function inspectedSettings(source: SettingsSource, environmentSlugs: string[]): InspectedSettings {
  const { fileText, problem } = source;
  if (fileText === null) return { from: "none" };
  if (problem !== null) {
    return { from: "broken", problem: problem.text, field: problem.field, line: problem.line, fileText };
  }
  const resolved: Record<string, ServiceSettings> = {};
  for (const slug of environmentSlugs) {
    const { settings, problem: unset, field } = resolveSettings(source, slug);
    if (settings === null) {
      return { from: "broken", problem: unset ?? "", field, line: null, fileText };
    }
    resolved[slug] = settings;
  }
  return { from: "file", resolved, fileText };
}

/** The last name in an address or a path, as a host name label. */
function slugOf(address: string): string {
  const last =
    address
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split(/[/:]/)
      .at(-1) ?? "";
  const label = last
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return label.slice(0, slugLengthLimit).replace(/-+$/, "");
}

function nameOf(slug: string): string {
  return slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll("-", " ");
}
