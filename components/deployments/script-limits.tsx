import { scriptLimits } from "#server/domain/targets.ts";

/** What to expect where a command releases: nothing is wrong, and less is promised. */
export function ScriptLimits() {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>A command deploys it, to wherever that command says. What the portal cannot promise then:</p>
      <ul className="flex list-disc flex-col gap-1.5 pl-4 text-muted">
        {scriptLimits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </div>
  );
}
