import type { ReactNode } from "react";
import { Callout } from "#components/ui/callout.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { AuditCheck } from "#server/domain/audit.ts";

type ChainStateProps = { check: AuditCheck | null; verify: ReactNode };

/** Whether the log is as it was recorded. `verify` is the button that looks again. */
export function ChainState({ check, verify }: ChainStateProps) {
  if (check === null) {
    return (
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Status tone="waiting" word="Not verified yet" />
        <span className="text-muted">The monitor does it once a day.</span>
        {verify}
      </div>
    );
  }
  const entries = check.entries === 1 ? "1 entry" : `${check.entries.toLocaleString("en-GB")} entries`;
  if (check.problem !== null) {
    return (
      <Callout tone="failed" title="The audit log is not as it was recorded" actions={verify}>
        {check.problem} {entries} before it fit. Found <Time at={check.at} />. Leave the database as it is,
        and compare it with a backup.
      </Callout>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <Status tone="live" word="The chain is intact" />
      <span className="text-muted">
        {entries} verified <Time at={check.at} />
      </span>
      <span className="inline-flex min-w-0 items-center gap-1 text-muted">
        Head <Code>{`${check.headHash.slice(0, 12)}…`}</Code>
        <CopyButton text={check.headHash} label="Copy the head's hash, to be noted elsewhere" />
      </span>
      {verify}
    </div>
  );
}
