"use client";
import { Switch } from "#components/ui/switch.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { conditionTitles } from "#server/domain/condition-words.ts";
import { type Condition, type ConditionKind, conditionKinds } from "#server/domain/conditions.ts";
import { useConditions } from "./use-conditions.ts";

const hints: Record<ConditionKind, string> = {
  "on-branch": "The commit is the newest of the default branch, or part of its history.",
  reviewed: "The Git host reported, by a token, that somebody else reviewed it. The newest report counts.",
  "ci-green": "CI reported that it has passed. The newest report counts.",
};

export type ConditionSwitchesProps = { slug: string; view: ServiceEnvironmentView; isDisabled: boolean };

/** Which conditions are asked for in one environment; each change is saved at once and can be undone. */
export function ConditionSwitches({ slug, view, isDisabled }: ConditionSwitchesProps) {
  const { environment } = view;
  const { conditions, change } = useConditions({ slug, environment, saved: view.conditions });
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="float-left font-semibold">{environment.name}</legend>
      <ul className="clear-both divide-y">
        {conditionKinds.map((kind) => (
          <li key={kind} className="py-3">
            <ConditionSwitch
              kind={kind}
              environmentName={environment.name}
              condition={conditions.find((condition) => condition.kind === kind) ?? null}
              isDisabled={isDisabled}
              onChange={(condition) => change(kind, condition)}
            />
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

type ConditionSwitchProps = {
  kind: ConditionKind;
  environmentName: string;
  /** Null where it is not asked for. */
  condition: Condition | null;
  isDisabled: boolean;
  onChange: (condition: Condition | null) => void;
};

function ConditionSwitch({ kind, environmentName, condition, isDisabled, onChange }: ConditionSwitchProps) {
  return (
    <div className="flex flex-col gap-3">
      <Switch
        label={
          <>
            {conditionTitles[kind]}
            <span className="sr-only"> in {environmentName}</span>
          </>
        }
        hint={hints[kind]}
        checked={condition !== null}
        disabled={isDisabled}
        onCheckedChange={(isWanted) => onChange(isWanted ? { kind, mayOverride: true } : null)}
      />
      {condition !== null && (
        <div className="border-l-2 pl-3">
          <Switch
            label={
              <>
                May be overridden with a reason
                <span className="sr-only">
                  {" "}
                  ({conditionTitles[kind]} in {environmentName})
                </span>
              </>
            }
            hint={
              condition.mayOverride
                ? "Whoever deploys says why, and that is kept with the deployment."
                : "Nobody can deploy here while it is not met."
            }
            checked={condition.mayOverride}
            disabled={isDisabled}
            onCheckedChange={(mayOverride) => onChange({ kind, mayOverride })}
          />
        </div>
      )}
    </div>
  );
}
