import { useId } from "react";
import { Time } from "#components/ui/time.tsx";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { ConditionList } from "../conditions/condition-list.tsx";

/** What the environment asks of the commit, and what a machine found; nothing where it asks for nothing. */
export function PlanConditions({ plan }: { plan: DeploymentPlan }) {
  const headingId = useId();
  const { conditions, environment } = plan;
  if (conditions === null) return null;
  return (
    <section aria-labelledby={headingId} className="flex flex-col">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b pb-1">
        <h3 id={headingId} className="font-semibold">
          Conditions of {environment.name}
        </h3>
        {conditions.areAsked && (
          <span className="text-muted text-sm">
            checked <Time at={conditions.checkedAt} layout="relative" />
          </span>
        )}
      </div>
      {conditions.areAsked ? (
        <ConditionList conditions={conditions.checked} label={`Conditions of ${environment.name}`} />
      ) : (
        <p className="py-2 text-muted">They are not asked of a switch-back: help never waits.</p>
      )}
    </section>
  );
}
