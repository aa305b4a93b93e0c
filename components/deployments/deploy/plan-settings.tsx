import { Section } from "#components/ui/section.tsx";
import type { DeploymentPlan } from "#server/domain/read-models.ts";

const sources: Record<DeploymentPlan["settingsFrom"], string> = {
  file: "From anytime.yaml at this commit",
  portal: "As typed into the portal",
  release: "As recorded with the release",
};

/** What differs from the configuration that is live. */
export function PlanSettings({ plan }: { plan: DeploymentPlan }) {
  const changes = plan.settingsChanges;
  return (
    <Section title="Configuration" description={sources[plan.settingsFrom]}>
      {changes.length === 0 ? (
        <p className="py-2 text-muted">
          {plan.live === null ? "Nothing to compare with yet." : "Nothing changes."}
        </p>
      ) : (
        <ul aria-label="Changes of the configuration" className="divide-y">
          {changes.map((change) => (
            <li key={change.key} className="flex flex-col gap-0.5 py-2">
              <span className="font-medium font-mono text-sm wrap-anywhere">{change.key}</span>
              <Change sign="−" word="before" value={change.before} className="text-failed" />
              <Change sign="+" word="after" value={change.after} className="text-live" />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Change(props: { sign: string; word: string; value: string | null; className: string }) {
  if (props.value === null) return null;
  return (
    <span className="flex gap-2 font-mono text-sm">
      <span aria-hidden className={props.className}>
        {props.sign}
      </span>
      <span className="sr-only">{props.word}: </span>
      <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">{props.value}</span>
    </span>
  );
}
