import { clsx } from "clsx";
import { NoteSection } from "#components/feed/note-form.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Section } from "#components/ui/section.tsx";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { sizeAdvice } from "#server/domain/waiting.ts";
import { byteText } from "../byte-text.ts";
import { CommitLines } from "../commit-lines.tsx";
import { ScriptLimits } from "../script-limits.tsx";
import { PlanAct } from "./plan-act.tsx";
import { PlanConditions } from "./plan-conditions.tsx";
import { PlanReasons } from "./plan-reasons.tsx";
import { PlanSettings } from "./plan-settings.tsx";
import { PlanSteps } from "./plan-steps.tsx";
import { ScheduleField } from "./schedule-field.tsx";
import type { Schedule } from "./use-schedule.ts";

export type PlanViewProps = {
  plan: DeploymentPlan;
  schedule: Schedule /** Another plan is on its way: this one must not be acted on. */;
  isRenewing: boolean;
};

export function PlanView({ plan, schedule, isRenewing }: PlanViewProps) {
  return (
    <div
      aria-busy={isRenewing}
      className={clsx("flex flex-col gap-7 transition-opacity duration-150", isRenewing && "opacity-60")}
    >
      <Section title="What will happen">
        <div className="flex flex-col gap-3 pt-3">
          <PlanReasons reasons={plan.reasons} />
          <Subject plan={plan} />
          <PlanConditions plan={plan} />
          {plan.kind !== "switch-back" && <ScheduleField schedule={schedule} />}
          <PlanAct
            key={`${plan.kind} ${plan.environment.slug} ${plan.commit.sha} ${plan.release?.number}`}
            plan={plan}
            scheduleProblem={schedule.problem}
            isRenewing={isRenewing}
          />
        </div>
      </Section>
      <PlanSteps plan={plan} />
      {plan.kind !== "switch-back" && (
        <Section title="Note for stakeholders" className="gap-3">
          <NoteSection
            key={plan.commit.sha}
            slug={plan.serviceSlug}
            sha={plan.commit.sha}
            subjects={
              plan.goingLive.total === 0
                ? [plan.commit.subject]
                : plan.goingLive.commits.map(({ subject }) => subject)
            }
          />
        </Section>
      )}
      {plan.settings?.target === "script" && (
        <Section title="What does not hold here">
          <ScriptLimits />
        </Section>
      )}
      <Changes plan={plan} />
      <PlanSettings plan={plan} />
    </div>
  );
}

/** What exactly it is about: the commit, or the release with its artifact. */
function Subject({ plan }: { plan: DeploymentPlan }) {
  const { commit, release, readiness, kind } = plan;
  return (
    <div className="flex flex-col gap-1">
      <p className="wrap-anywhere">
        {release !== null && <span className="font-medium">#{release.number} </span>}
        {commit.subject}{" "}
        <span className="text-muted text-sm">
          by {commit.authorName}, <Digest value={commit.sha} kind="commit" />
        </span>
      </p>
      {release !== null && !release.isArtifactGone && (
        <p className="text-muted text-sm">
          Same artifact <Digest value={release.artifactDigest} kind="artifact" />
          {kind === "promote" ? " as before, no build" : ", no build"} ({byteText(release.artifactBytes)})
        </p>
      )}
      {readiness !== null && <p className="text-muted text-sm">{readiness}</p>}
    </div>
  );
}

function Changes({ plan }: { plan: DeploymentPlan }) {
  const { goingLive, goingAway, environment } = plan;
  return (
    <>
      {(goingLive.total > 0 || goingAway.total === 0) && (
        <Section title={`Goes live in ${environment.name}`} description={sizeText(plan)}>
          <CommitLines
            changes={goingLive}
            label={`Commits that go live in ${environment.name}`}
            empty="No new commit: the same code as now."
          />
        </Section>
      )}
      {goingAway.total > 0 && (
        <Section title={`Goes away from ${environment.name}`} description={countText(goingAway.total)}>
          <CommitLines changes={goingAway} label={`Commits that go away from ${environment.name}`} empty="" />
        </Section>
      )}
    </>
  );
}

/** How many go live, and what to make of that. */
function sizeText({ goingLive: { total: commits }, live, usualCommits }: DeploymentPlan): string | undefined {
  const count = countText(commits);
  if (count === undefined || live === null) return count;
  const usual = usualCommits === null ? "" : `; the usual deploy here has ${usualCommits}`;
  return `${count}: ${sizeAdvice({ commits, usualCommits }).text}${usual}.`;
}

function countText(total: number): string | undefined {
  if (total === 0) return undefined;
  return total === 1 ? "1 commit" : `${total.toLocaleString("en")} commits`;
}
