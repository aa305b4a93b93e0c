import type { ReactNode } from "react";
import { Section } from "#components/ui/section.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { MigrationLock } from "#server/domain/migration-locks.ts";

/** As many as can be taken in; the log has them all. */
const mostShown = 10;

/** What the migration kept others from, as it was seen from outside; nothing where none was seen. */
export function MigrationLocks({ locks }: { locks: readonly MigrationLock[] | null }) {
  if (locks === null || locks.length === 0) return null;
  const more = locks.length - mostShown;
  return (
    <Section title="Locks of the migration" description="That others could feel, as seen ten times a second">
      <table aria-label="Locks of the migration" className="w-full border-collapse text-sm max-sm:block">
        <thead className="max-sm:hidden">
          <tr className="border-b text-left text-muted">
            <Heading className="pr-3">On</Heading>
            <Heading>Lock</Heading>
            <Heading>Held</Heading>
            <Heading>Waited for it</Heading>
            <Heading className="pl-3">Waited behind it</Heading>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {locks.slice(0, mostShown).map((lock) => (
            // Two names may look the same once secrets are masked.
            <LockRow key={Object.values(lock).join(" ")} lock={lock} />
          ))}
        </tbody>
      </table>
      {more > 0 && <p className="py-2 text-muted text-sm">{more} more stand in the log.</p>}
    </Section>
  );
}

function Heading({ children, className = "px-3" }: { children: ReactNode; className?: string }) {
  return (
    <th scope="col" className={`h-9 font-medium ${className}`}>
      {children}
    </th>
  );
}

function LockRow({ lock: { relation, mode, heldMs, waitedMs, sessionsBehind } }: { lock: MigrationLock }) {
  return (
    <tr className="border-b align-top last:border-b-0 max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:py-2">
      <th
        scope="row"
        className="py-2 pr-3 text-left font-mono font-normal wrap-anywhere max-sm:w-full max-sm:p-0"
      >
        {relation}
      </th>
      <Fact label="">{mode}</Fact>
      <Fact label="held ">{heldMs === 0 ? null : formatDurationMs(heldMs)}</Fact>
      <Fact label="waited for it ">{waitedMs === 0 ? null : formatDurationMs(waitedMs)}</Fact>
      <Fact label="behind it ">
        {sessionsBehind === 0 ? null : sessionsBehind === 1 ? "1 session" : `${sessionsBehind} sessions`}
      </Fact>
    </tr>
  );
}

/** On a phone, where the table has no headings, the label says what it is. */
function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (children === null) return <td className="px-3 py-2 text-faint max-sm:hidden">–</td>;
  return (
    <td className="whitespace-nowrap px-3 py-2 last:pr-0 max-sm:p-0">
      {label !== "" && <span className="text-muted sm:hidden">{label}</span>}
      {children}
    </td>
  );
}
