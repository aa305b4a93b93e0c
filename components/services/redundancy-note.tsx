import { TextWithCode } from "#components/ui/text-with-code.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";

/** What one failure would do here, in a line; in full once it is opened. */
export function RedundancyNote({ view }: { view: ServiceEnvironmentView }) {
  const { redundancy, environment } = view;
  if (redundancy === null) return null;
  return (
    <details className="text-sm">
      <summary className="cursor-pointer py-1">
        <span className="mr-2 font-medium">
          What one failure would do<span className="sr-only"> in {environment.name}</span>
        </span>
        <span className="text-muted">{redundancy.summary}</span>
      </summary>
      {redundancy.weakPoints.length === 0 ? (
        <p className="py-2 text-muted">
          Instances, workers and routers are there at least twice. How the database is kept is not known here.
        </p>
      ) : (
        <dl className="mt-1 divide-y border-y">
          {redundancy.weakPoints.map(({ kind, title, effect, mend }) => (
            <div key={kind} className="grid gap-x-4 py-2 sm:grid-cols-[8rem_minmax(0,1fr)]">
              <dt className="font-medium">{title}</dt>
              <dd>
                {effect}{" "}
                <span className="text-muted">
                  <TextWithCode>{mend}</TextWithCode>
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  );
}
