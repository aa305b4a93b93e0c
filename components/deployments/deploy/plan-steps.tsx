import { Section } from "#components/ui/section.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";

/** Each step with the time it usually takes, or why it is skipped. */
export function PlanSteps({ plan }: { plan: DeploymentPlan }) {
  return (
    <Section title="Steps">
      <ol className="divide-y">
        {plan.steps.map((step) => (
          <li key={step.name} className="flex items-baseline justify-between gap-4 py-1.5">
            <span className={step.skip === null ? "font-medium" : "text-muted"}>{step.name}</span>
            <span className="text-right text-muted text-sm">
              {step.skip !== null
                ? `skipped: ${step.skip}`
                : step.expectedMs !== null
                  ? `about ${formatDurationMs(step.expectedMs)}`
                  : ""}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
