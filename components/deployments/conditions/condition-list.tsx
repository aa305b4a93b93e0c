import { ExternalLink } from "lucide-react";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { conditionTitles } from "#server/domain/condition-words.ts";
import type { CheckedCondition } from "#server/domain/conditions.ts";
import { conditionLook } from "./condition-look.ts";

export type ConditionListProps = { conditions: readonly CheckedCondition[]; label: string };

/** Each condition with what was found, by whom it was reported, when, and where to read more. */
export function ConditionList({ conditions, label }: ConditionListProps) {
  return (
    <ul aria-label={label} className="divide-y">
      {conditions.map((condition) => (
        <Condition key={condition.kind} condition={condition} />
      ))}
    </ul>
  );
}

function Condition({ condition }: { condition: CheckedCondition }) {
  const look = conditionLook(condition);
  const title = conditionTitles[condition.kind];
  return (
    <li className="flex flex-col gap-0.5 py-2">
      <span className="flex flex-wrap items-center justify-between gap-x-4">
        <span className="font-medium">{title}</span>
        <Status tone={look.tone} word={look.word} icon={look.icon} />
      </span>
      <span className="text-muted text-sm wrap-anywhere">
        {condition.detail} <Source condition={condition} title={title} />
      </span>
    </li>
  );
}

function Source({ condition, title }: { condition: CheckedCondition; title: string }) {
  const { kind, byName, at, url } = condition;
  const verb = kind === "on-branch" ? "Read" : at === null ? "Reviewed" : "Reported";
  return (
    <>
      {(byName !== null || at !== null) && verb}
      {byName !== null && ` by ${byName}`}
      {at !== null && (
        <>
          {" "}
          <Time at={at} />
        </>
      )}
      {(byName !== null || at !== null) && ". "}
      {url !== null && (
        <a href={url} target="_blank" rel="noreferrer" className="link inline-flex items-baseline gap-1">
          {new URL(url).host}
          <span className="sr-only"> on: {title}, in a new tab</span>
          <ExternalLink aria-hidden className="size-3 self-center" />
        </a>
      )}
    </>
  );
}
