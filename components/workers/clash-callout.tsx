import { Callout } from "#components/ui/callout.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { Time } from "#components/ui/time.tsx";
import type { WorkerView } from "#server/domain/worker-views.ts";

/** Two processes that were started as the same worker: the later goes on, and the earlier has ended itself. */
export function ClashCallout({ worker }: { worker: WorkerView }) {
  const { name, host, pid, clash } = worker;
  if (clash === null) return null;
  return (
    <Callout tone="attention" title={`Two workers were started as ${name}`}>
      The later one ({host}, process {pid}) kept the name; the earlier ({clash.where}) ended itself on{" "}
      <Time at={clash.at} />. Give each a name of its own by <Code>ANYTIME_WORKER</Code>.
    </Callout>
  );
}
