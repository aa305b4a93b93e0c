import { Lock } from "lucide-react";
import type { SettingChange } from "#server/domain/compare-settings.ts";

/** What differs in the settings that instances run by: each with what it was and what it becomes. */
export function SettingChanges({ changes }: { changes: readonly SettingChange[] }) {
  return (
    <ul aria-label="Changes of the configuration" className="divide-y">
      {changes.map((change) => (
        <li key={change.key} className="flex flex-col gap-0.5 py-2">
          <span className="font-medium font-mono text-sm wrap-anywhere">{change.key}</span>
          {change.secret !== undefined && <SecretChange change={change.secret} />}
          <Change sign="−" word="before" value={change.before} className="text-failed" />
          <Change sign="+" word="after" value={change.after} className="text-live" />
        </li>
      ))}
    </ul>
  );
}

function SecretChange({ change }: { change: NonNullable<SettingChange["secret"]> }) {
  return (
    <span className="flex items-center gap-2 text-muted text-sm">
      <Lock aria-hidden className="size-3.5 shrink-0" />
      secret {change}
    </span>
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
