"use client";
import { Clock, WrapText } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { JumpToNewest } from "#components/deployments/log/jump-to-newest.tsx";
import { LogLines } from "#components/deployments/log/log-lines.tsx";
import { LineRows } from "#components/deployments/log/log-rows.ts";
import { useLogScroll } from "#components/deployments/log/use-log-scroll.ts";
import { useLogStore } from "#components/deployments/log/use-log-store.ts";
import { useOutputNews } from "#components/live-queries.ts";
import { useTRPCClient } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

/** Asking is what says that somebody looks; it also stands in where news is missed. */
const askEveryMs = 5_000;
const pressed = "aria-pressed:bg-accent-soft aria-pressed:text-accent";

/** The last lines of an instance, and those that it prints from here on. */
export function InstanceOutput({ instanceId, isActive }: { instanceId: number; isActive: boolean }) {
  const client = useTRPCClient();
  const store = useLogStore(
    (range, signal) => client.instances.readOutput.query({ id: instanceId, ...range }, { signal }),
    0,
  );
  const refresh = () => void store.refresh();
  useOutputNews(instanceId, refresh);
  useEffect(() => {
    if (!isActive) return;
    const timer = setInterval(() => void store.refresh(), askEveryMs);
    return () => clearInterval(timer);
  }, [store, isActive]);
  const [isWrapped, setWrapped] = useState(false);
  const [isTimed, setTimed] = useState(false);
  const { firstLine, lineCount } = store;
  const rows = useMemo(() => new LineRows(firstLine, lineCount), [firstLine, lineCount]);
  const scroll = useLogScroll({ rows, isActive, hasTarget: false, isWrapped });
  return (
    <section aria-label="Output" className="flex min-w-0 flex-col">
      <div className="flex items-center gap-0.5 px-1 py-2">
        <p className="mr-auto text-muted text-sm">
          The last lines that it printed, secrets masked. Line numbers count from when one begins to look.
        </p>
        <IconButton
          label="Show when each line was seen"
          aria-pressed={isTimed}
          icon={<Clock />}
          onClick={() => setTimed(!isTimed)}
          className={pressed}
        />
        <IconButton
          label="Wrap long lines"
          aria-pressed={isWrapped}
          icon={<WrapText />}
          onClick={() => setWrapped(!isWrapped)}
          className={pressed}
        />
      </div>
      {store.problem !== null && (
        <Callout tone="attention" role="alert" title="The output could not be read">
          {store.problem}
        </Callout>
      )}
      <div className="relative min-w-0">
        <LogLines
          scroll={scroll}
          rows={rows}
          store={store}
          heading={() => null}
          range={null}
          onChoose={null}
          currentLine={null}
          find=""
          isWrapped={isWrapped}
          isTimed={isTimed}
          isActive={isActive}
          label="Output of the instance"
          emptyText="Nothing of it is kept here."
        />
        <JumpToNewest scroll={scroll} />
      </div>
    </section>
  );
}
