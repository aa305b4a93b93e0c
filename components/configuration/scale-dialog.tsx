"use client";
import { useForm } from "react-hook-form";
import { PlanNotes } from "#components/deployments/plan-notes.tsx";
import { SettingChanges } from "#components/deployments/setting-changes.tsx";
import { type Place, useKeepingPlan } from "#components/deployments/use-plan.ts";
import { useRequest } from "#components/deployments/use-request.ts";
import { requestProblem } from "#components/request-problem.ts";
import { Button } from "#components/ui/button.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { instancesProblem, mostInstances } from "#server/domain/configuration.ts";
import type { InstanceCount } from "#server/domain/configuration-views.ts";
import { stopOf } from "#server/domain/reasons.ts";
import { instancesText } from "./configuration-words.ts";

type Values = { instances: string };
export type ScaleDialogProps = { place: Place; current: InstanceCount; onClose: () => void };

/** Another number of instances: `2 → 4 instances`, or back to the number that the release brings. */
export function ScaleDialog({ place, current, onClose }: ScaleDialogProps) {
  const plan = useKeepingPlan(place, "scale");
  const request = useRequest();
  const form = useForm<Values>({ defaultValues: { instances: String(current.count) } });
  const wanted = Number(form.watch("instances"));
  const { environmentSlug } = place;
  async function send(instances: number | null) {
    const baseVersion = plan.data?.configuration?.version ?? 0;
    try {
      await request.mutateAsync({ ...place, kind: "scale", change: { instances }, baseVersion });
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <FormDialog
      form={form}
      onSubmit={(values) => send(Number(values.instances))}
      onClose={onClose}
      title={`Scale ${environmentSlug}`}
      description="The same release starts in the other pool in the new number, and traffic moves once all are healthy: no request fails."
      submitLabel={`Scale ${environmentSlug} to ${instancesText(wanted)}`}
      refusal={refusalOf(plan.data?.reasons, wanted, current)}
    >
      <TextField
        form={form}
        name="instances"
        label="Instances"
        type="number"
        inputMode="numeric"
        min={1}
        max={mostInstances}
        hint={`${changeText(current.count, wanted)} The release's own settings say ${current.own}; what is set here counts over it.`}
      />
      {current.isConfigured && (
        <div className="flex flex-wrap items-center justify-between gap-3 border-y py-3">
          <span className="text-muted text-sm">Set in the portal. Let the release say it again:</span>
          <Button loading={request.isPending} onClick={() => void send(null)}>
            Reset to the release's own {current.own}
          </Button>
        </div>
      )}
      <Besides plan={plan} />
      <div className="flex flex-col gap-3">
        <PlanNotes plan={plan} />
      </div>
    </FormDialog>
  );
}

/** A version that is saved and does not run yet comes along. */
function Besides({ plan }: { plan: ReturnType<typeof useKeepingPlan> }) {
  const changes = plan.data?.settingsChanges.filter(({ key }) => key !== "instances") ?? [];
  if (changes.length === 0) return null;
  return (
    <div>
      <p className="text-muted text-sm">
        Version {plan.data?.configuration?.version} of the configuration is saved and does not run yet. It
        comes along:
      </p>
      <SettingChanges changes={changes} />
    </div>
  );
}

function refusalOf(
  reasons: Parameters<typeof stopOf>[0] | undefined,
  wanted: number,
  current: InstanceCount,
): string | null {
  if (reasons === undefined) return "What would happen is being looked up.";
  const problem = stopOf(reasons)?.text ?? instancesProblem(wanted);
  if (problem !== null) return problem;
  return wanted === current.count && current.isConfigured ? "It runs in as many already." : null;
}

function changeText(before: number, after: number): string {
  if (instancesProblem(after) !== null) return `From 1 to ${mostInstances}.`;
  return before === after ? `${instancesText(before)}, as now.` : `${before} → ${instancesText(after)}.`;
}
