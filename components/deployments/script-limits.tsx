import { scriptLimits } from "#server/domain/targets.ts";

/** What to expect where a command releases: nothing is wrong, and less is promised. */
export function ScriptLimits() {
  return (
    <div className="flex flex-col gap-2 pt-3 text-sm">
      <p>A command deploys it, to wherever that command says. What the portal cannot promise then:</p>
      <Limits />
    </div>
  );
}

/** The same beside what runs, in a line; in full once it is opened. */
export function ScriptNote() {
  return (
    <div className="flex flex-col gap-1 pt-3 text-sm">
      <p>A command deploys it, to wherever that command says: there are no pools to show.</p>
      <details>
        <summary className="cursor-pointer py-1 text-muted">What the portal cannot promise here</summary>
        <div className="pt-1">
          <Limits />
        </div>
      </details>
    </div>
  );
}

function Limits() {
  return (
    <ul className="flex list-disc flex-col gap-1.5 pl-4 text-muted">
      {scriptLimits.map((limit) => (
        <li key={limit}>{limit}</li>
      ))}
    </ul>
  );
}
