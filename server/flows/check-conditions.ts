import { type Override, overrideLabel, overrideReasonProblem } from "#server/domain/condition-override.ts";
import {
  areConditionsAsked,
  badMark,
  type CommitEvidence,
  type Condition,
  type ConditionKind,
  checkCondition,
} from "#server/domain/conditions.ts";
import type { PlanConditions } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { listFacts } from "#server/services/conditions/list-facts.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { isOnBranch } from "#server/services/pipeline/is-on-branch.ts";
import type { Around, Wish } from "./find-deployment-target.ts";
import { type OpenedMirror, openServiceMirror } from "./open-service-mirror.ts";

interface Question {
  wish: Wish;
  around: Around;
  sha: string;
  /** Why its release is marked as bad; null where it is not, or where there is none yet. */
  badReason: string | null;
  actLabel: string;
  /** The repository is asked anew where a condition is about it: this check is recorded. */
  isDecisive: boolean;
}

/** What machines say about a commit, by the conditions of where it goes. Null, and nothing is asked, where none is set. */
export async function planConditions(ctx: Context, question: Question): Promise<PlanConditions | null> {
  const { wish, around, badReason } = question;
  const { conditions } = around.environment;
  const marks = badReason === null || !areConditionsAsked(wish.kind) ? [] : [badMark(badReason)];
  if (conditions.length + marks.length === 0) return null;
  const checkedAt = ctx.now().toISOString();
  // Help never waits: a switch-back is not even checked.
  if (!areConditionsAsked(wish.kind)) {
    return { areAsked: false, checked: [], checkedAt, overrideLabel: null };
  }
  const evidence = await readEvidence(ctx, question, conditions);
  const checked = [...marks, ...conditions.map((condition) => checkCondition(condition, evidence))];
  return { areAsked: true, checked, checkedAt, overrideLabel: overrideLabel(question.actLabel, checked) };
}

/** The reason that came with a wish. ValidationError "overrideReason" where it will not do. */
export function overrideOf({ overrideReason, overridden }: Wish): Override | null {
  if (overrideReason === undefined) return null;
  const problem = overrideReasonProblem(overrideReason);
  if (problem !== null) throw new ValidationError(problem, "overrideReason");
  return { reason: overrideReason.trim(), kinds: overridden ?? null };
}

async function readEvidence(
  ctx: Context,
  { around, sha, isDecisive }: Question,
  conditions: readonly Condition[],
): Promise<CommitEvidence> {
  const { service } = around;
  const asksFor = (kind: ConditionKind) => conditions.some((condition) => condition.kind === kind);
  const facts = (await listFacts(ctx, service.id, [sha])).get(sha) ?? [];
  const opened = asksFor("on-branch") ? await open(ctx, around, { sha, refresh: isDecisive }) : null;
  const isOnIt = opened === null ? null : await onBranch(ctx, around, sha, opened);
  return {
    facts,
    branch: service.defaultBranch,
    isOnBranch: isOnIt?.answer ?? null,
    readAt: isOnIt?.mirror.refreshedAt.toISOString() ?? null,
  };
}

type Need = Parameters<typeof openServiceMirror>[3];

/** Null where there is no copy of the repository and none can be made now. */
function open(ctx: Context, { service, installation }: Around, need: Need): Promise<OpenedMirror | null> {
  return openServiceMirror(ctx, service, installation, need).catch((error: unknown) => {
    if (error instanceof ValidationError) return null;
    throw error;
  });
}

const newEnoughMs = 10_000;

/**
 * Before a commit is said not to be on the branch, the repository is asked: it may have been merged a moment ago.
 * Where it cannot be asked, what an old copy does not know stays unknown.
 */
async function onBranch(
  ctx: Context,
  around: Around,
  sha: string,
  first: OpenedMirror,
): Promise<{ answer: boolean | null; mirror: Mirror }> {
  const { defaultBranch } = around.service;
  const answer = await isOnBranch(first.mirror, sha, defaultBranch);
  const ageMs = ctx.now().getTime() - first.mirror.refreshedAt.getTime();
  const isNewEnough = first.problem === null && ageMs < newEnoughMs;
  if (answer === true || isNewEnough) return { answer, mirror: first.mirror };
  const { mirror, problem } = await openServiceMirror(ctx, around.service, around.installation, {
    refresh: true,
  });
  const anew = await isOnBranch(mirror, sha, defaultBranch);
  return { answer: problem === null || anew === true ? anew : null, mirror };
}
