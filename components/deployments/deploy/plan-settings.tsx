import { SettingChanges } from "#components/deployments/setting-changes.tsx";
import { Section } from "#components/ui/section.tsx";
import type { DeploymentPlan } from "#server/domain/read-models.ts";

function sourceOf({ settingsFrom, settingsPath }: DeploymentPlan): string {
  if (settingsFrom === "file") return `From ${settingsPath} at this commit`;
  return settingsFrom === "portal" ? "As typed into the portal" : "As recorded with the release";
}

/** What differs from the configuration that is live. */
export function PlanSettings({ plan }: { plan: DeploymentPlan }) {
  const changes = plan.settingsChanges;
  return (
    <Section title="Configuration" description={sourceOf(plan)}>
      {changes.length === 0 ? (
        <p className="py-2 text-muted">
          {plan.live === null ? "Nothing to compare with yet." : "Nothing changes."}
        </p>
      ) : (
        <SettingChanges changes={changes} />
      )}
    </Section>
  );
}
