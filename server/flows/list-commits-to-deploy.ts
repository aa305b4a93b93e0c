import type { CommitList, CommitRow } from "#server/domain/commit-list.ts";
import type { Context } from "#server/kernel/context.ts";
import { listFacts } from "#server/services/conditions/list-facts.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { includedIn } from "#server/services/pipeline/included-in.ts";
import { listBranches } from "#server/services/pipeline/list-branches.ts";
import { listCommits } from "#server/services/pipeline/list-commits.ts";
import { releaseNumbers } from "#server/services/pipeline/list-releases.ts";
import { environmentOf, getService, type Service } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { toCommit } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";

export interface CommitsQuery {
  serviceSlug: string;
  environmentSlug: string;
  branch?: string | undefined;
  before?: string | undefined;
  limit: number;
  refresh?: boolean | undefined;
}

/** Commits to choose from, newest first, and which of them are in what is live. ValidationError "ref" for an unknown branch. */
export async function listCommitsToDeploy(
  ctx: Context,
  query: CommitsQuery,
  installation: Installation,
): Promise<CommitList> {
  const service = await getService(ctx, query.serviceSlug);
  const { serviceEnvironmentId } = environmentOf(service, query.environmentSlug);
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId) ?? null;
  const { mirror, problem } = await openServiceMirror(ctx, service, installation, { refresh: query.refresh });
  const branch = query.branch ?? service.defaultBranch;
  const { items, hasMore } = await listPage(ctx, { service, mirror, branch, query, liveSha: live?.sha });
  return {
    branch,
    branches: await listBranches(mirror),
    refreshedAt: mirror.refreshedAt.toISOString(),
    problem,
    items,
    nextBefore: hasMore ? (items.at(-1)?.sha ?? null) : null,
    live,
  };
}

async function listPage(
  ctx: Context,
  page: {
    service: Service;
    mirror: Mirror;
    branch: string;
    query: CommitsQuery;
    liveSha: string | undefined;
  },
): Promise<{ items: CommitRow[]; hasMore: boolean }> {
  const { service, mirror, branch, query, liveSha } = page;
  const { scope } = await readServiceSettings(mirror, branch, service);
  const found = await listCommits(mirror, {
    ref: branch,
    path: scope.path,
    also: scope.also,
    limit: query.limit + 1,
    before: query.before,
  });
  const commits = found.slice(0, query.limit);
  const shas = commits.map((commit) => commit.sha);
  const numbers = await releaseNumbers(ctx, service.id, shas);
  const facts = await listFacts(ctx, service.id, shas);
  const isKnown = liveSha !== undefined && (await hasCommit(mirror, liveSha));
  const included = isKnown ? await includedIn(mirror, shas, liveSha) : new Set<string>();
  const items = commits.map((commit) => ({
    ...toCommit(commit),
    body: commit.body,
    isLive: commit.sha === liveSha,
    isIncluded: included.has(commit.sha),
    releaseNumber: numbers.get(commit.sha) ?? null,
    ci: facts.get(commit.sha)?.find((fact) => fact.fact === "ci")?.state ?? null,
  }));
  return { items, hasMore: found.length > query.limit };
}
