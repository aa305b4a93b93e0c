import { useId } from "react";
import { Callout } from "#components/ui/callout.tsx";
import { PersonName } from "#components/ui/person-name.tsx";
import { Section } from "#components/ui/section.tsx";
import { Time } from "#components/ui/time.tsx";
import { unmetOf } from "#server/domain/condition-override.ts";
import { without } from "#server/domain/condition-words.ts";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { ConditionList } from "./conditions/condition-list.tsx";

/** What was known at the click, and why it was deployed all the same; nothing where nothing was asked. */
export function DeploymentConditions({ deployment }: { deployment: DeploymentDetail }) {
  const { conditions, requestedAt } = deployment;
  if (conditions.length === 0) return null;
  return (
    <Section
      title="Conditions"
      description={
        <>
          As they were found when it was asked for: <Time at={requestedAt} layout="absolute" />
        </>
      }
    >
      <ConditionList conditions={conditions} label="Conditions as they were found" />
      <Override deployment={deployment} />
    </Section>
  );
}

function Override({ deployment }: { deployment: DeploymentDetail }) {
  const captionId = useId();
  const { conditions, overrideReason, startedByName, status } = deployment;
  if (overrideReason === null) return null;
  const kinds = unmetOf(conditions).map((condition) => condition.kind);
  return (
    <figure aria-labelledby={captionId} className="mt-1">
      <Callout
        tone="attention"
        title={
          <span id={captionId}>
            Deployed {without(kinds)}, knowingly
            {/* Nobody is named beside a failure. */}
            {status !== "failed" && (
              <span className="font-normal text-muted">
                {" "}
                by <PersonName name={startedByName} />
              </span>
            )}
          </span>
        }
      >
        <blockquote className="whitespace-pre-wrap text-ink">{overrideReason}</blockquote>
      </Callout>
    </figure>
  );
}
