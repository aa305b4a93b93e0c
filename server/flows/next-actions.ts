import { actLabel, switchBackReadiness } from "#server/domain/act-labels.ts";
import { newSchemaText } from "#server/domain/migration.ts";
import { isAllowed } from "#server/domain/permissions.ts";
import type {
  Action,
  Expectation,
  LiveRelease,
  PoolView,
  PromoteAction,
  SwitchBackAction,
} from "#server/domain/read-models.ts";
import { resolveSecrets, secretReasons } from "#server/domain/secrets.ts";
import { whyNoScale } from "#server/domain/targets.ts";
import type { Context } from "#server/kernel/context.ts";
import { expectDuration } from "#server/services/deployments/expect-duration.ts";
import { findFormerConfiguration } from "#server/services/deployments/find-former-configuration.ts";
import { findSwitchBackTarget } from "#server/services/deployments/find-switch-back-target.ts";
import type { Service, ServiceEnvironment } from "#server/services/services/get-service.ts";
import { listSecrets } from "#server/services/services/list-secrets.ts";
import { readConfiguration } from "#server/services/services/read-configuration.ts";
import { standsReady } from "./find-configurations.ts";
import { irreversibleSince } from "./find-migrations.ts";
import { readReleaseTarget } from "./read-release-target.ts";

/** What can be done next with a service environment, with the reason in words where it cannot. */

/** Why nothing at all can be deployed here; null where it can. */
export function deployRefusal(
  ctx: Context,
  service: Pick<Service, "name" | "removalRequestedAt">,
): string | null {
  if (service.removalRequestedAt !== null) return `${service.name} is being removed.`;
  if (ctx.actor.kind === "user" && !isAllowed(ctx.actor.role, "deploy")) {
    return "Your role reads and subscribes. An administrator can make you an engineer.";
  }
  return null;
}

export function action(label: string, reason: string | null): Action {
  return { isAllowed: reason === null, label, reason };
}

/** Null for the first environment: nothing is promoted into it. */
export function promoteInto(
  into: ServiceEnvironment,
  from: ServiceEnvironment | undefined,
  live: Map<number, LiveRelease>,
  refusal: string | null,
): PromoteAction | null {
  if (from === undefined) return null;
  const candidate = live.get(from.serviceEnvironmentId);
  const current = live.get(into.serviceEnvironmentId);
  const releaseNumber = candidate?.number ?? null;
  const missing = candidate === undefined ? `Nothing is live in ${from.name} yet.` : null;
  const same = candidate !== undefined && candidate.id === current?.id;
  const already = same ? `#${candidate.number} is live in ${into.name} already.` : null;
  const label =
    candidate === undefined
      ? `Promote to ${into.slug}`
      : actLabel("promote", { sha: candidate.sha, releaseNumber, environmentSlug: into.slug });
  return {
    ...action(label, refusal ?? missing ?? already),
    releaseNumber,
    environmentSlug: into.slug,
    fromEnvironmentSlug: from.slug,
  };
}

/** Where a switch-back would lead, and how fast. */
export async function switchBackOf(
  ctx: Context,
  place: { serviceId: number; serviceEnvironmentId: number; slug: string; name: string },
  state: { live: LiveRelease | null; pools: PoolView[] },
  refusal: string | null,
): Promise<SwitchBackAction> {
  const { serviceEnvironmentId } = place;
  const { live } = state;
  const target =
    live === null ? null : await findSwitchBackTarget(ctx, { serviceEnvironmentId, liveReleaseId: live.id });
  const isWarm = target !== null && (await isStillWarm(ctx, serviceEnvironmentId, target.id, state.pools));
  const releaseNumber = target?.number ?? null;
  const speed = switchBackReadiness({
    releaseNumber,
    isWarm,
    startMs: target === null || isWarm ? null : await startDuration(ctx, serviceEnvironmentId),
    byCommand: target === null ? null : await commandDuration(ctx, place, target.id),
  });
  const hints = target === null ? noHints : await hintsFor(ctx, place, target);
  const missing = target === null ? `No other good release was live in ${place.name} before.` : hints.refusal;
  const label =
    target === null
      ? `Switch ${place.slug} back`
      : actLabel("switch-back", { sha: target.sha, releaseNumber, environmentSlug: place.slug });
  const readiness = [speed, ...hints.texts].join(" ");
  return { ...action(label, refusal ?? missing), releaseNumber, readiness, isWarm };
}

/** What else to know before a switch-back: secrets that are revoked by now, and a schema that is newer than the release. */
interface Hints {
  /** Why it cannot start at all; null where it can. */
  refusal: string | null;
  texts: string[];
}
const noHints: Hints = { refusal: null, texts: [] };

async function hintsFor(
  ctx: Context,
  place: { serviceEnvironmentId: number; slug: string; name: string },
  target: { id: number; number: number },
): Promise<Hints> {
  const { serviceEnvironmentId } = place;
  const id = await findFormerConfiguration(ctx, { serviceEnvironmentId, releaseId: target.id });
  const configuration = await readConfiguration(ctx, { serviceEnvironmentId, id });
  const known = await listSecrets(ctx, { serviceEnvironmentId });
  const resolved = resolveSecrets(configuration?.secrets ?? {}, known);
  const reasons = secretReasons(resolved, { kind: "switch-back", releaseNumber: target.number });
  const schema = newSchemaText(target.number, await irreversibleSince(ctx, target.number, place));
  return {
    refusal: reasons.find(({ weight }) => weight === "stops")?.text ?? null,
    texts: [
      ...reasons.flatMap(({ weight, text }) => (weight === "warns" ? [text] : [])),
      ...(schema === null ? [] : [schema]),
    ],
  };
}

async function isStillWarm(ctx: Context, serviceEnvironmentId: number, releaseId: number, pools: PoolView[]) {
  const configurationId = await findFormerConfiguration(ctx, { serviceEnvironmentId, releaseId });
  const configuration = configurationId === null ? null : { id: configurationId };
  return standsReady(pools, { id: releaseId }, configuration);
}

/** What ships the live release again: nothing can, where nothing is live. */
export function keepingActions(
  place: { slug: string; name: string },
  live: LiveRelease | null,
  refusal: string | null,
): { restart: Action; scale: Action; configure: Action } {
  const { slug: environmentSlug } = place;
  const reason = refusal ?? (live === null ? `Nothing is live in ${place.name} yet.` : null);
  const restart =
    live === null
      ? `Restart ${environmentSlug}`
      : actLabel("restart", { sha: live.sha, releaseNumber: live.number, environmentSlug });
  const noScale = live?.target === "script" ? whyNoScale : null;
  return {
    restart: action(restart, reason),
    scale: action(`Scale ${environmentSlug}`, reason ?? noScale),
    configure: action(`Configure ${environmentSlug}`, reason),
  };
}

/** How long going back by command took lately; null where the portal itself starts that release. */
async function commandDuration(
  ctx: Context,
  {
    serviceId,
    serviceEnvironmentId,
    slug,
  }: { serviceId: number; serviceEnvironmentId: number; slug: string },
  releaseId: number,
): Promise<Expectation | null> {
  const target = await readReleaseTarget(ctx, { serviceId, releaseId, environmentSlug: slug });
  if (target !== "script") return null;
  const kind = "switch-back";
  return (await expectDuration(ctx, { serviceEnvironmentId, kind, makesArtifact: false })).total;
}

/** What `start` and `verify` took together, by their medians. */
export async function startDuration(ctx: Context, serviceEnvironmentId: number): Promise<number | null> {
  const { steps } = await expectDuration(ctx, { serviceEnvironmentId, kind: "deploy", makesArtifact: true });
  if (steps.start === undefined || steps.verify === undefined) return null;
  return steps.start + steps.verify;
}
