import { Button } from "#components/ui/button.tsx";
import type { ConfigurationView } from "#server/domain/configuration-views.ts";
import { instancesText } from "./configuration-words.ts";
import type { Draft } from "./use-draft.ts";

type InstancesLineProps = { view: ConfigurationView; draft: Draft; origin: string };

/** The number of instances belongs to the same version. It is changed by scaling; here it can be given back. */
export function InstancesLine({ view, draft, origin }: InstancesLineProps) {
  const { instances } = draft.content;
  const own = view.release?.own.instances;
  if (instances === null && own === undefined) return null;
  return (
    <p className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b py-1 text-sm">
      <span>
        Runs in {instancesText(instances ?? own ?? 1)}{" "}
        <span className="text-muted">
          {instances === null
            ? `(from ${origin})`
            : `(set in the portal${own === undefined ? "" : `; ${origin} says ${own}`})`}
        </span>
      </span>
      {instances !== null && (
        <Button size="small" variant="quiet" onClick={() => draft.change({ instances: null })}>
          Reset to the release's own number
        </Button>
      )}
    </p>
  );
}
