"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { TelemetryView } from "#server/api/types.ts";

export type TelemetryKeyProps = {
  place: { slug: string; environmentSlug: string };
  view: TelemetryView;
  /** Why it is neither shown nor replaced. */
  refusal: string | null;
};

/** The key is asked for by a click, and kept nowhere but on the screen. */
export function TelemetryKey({ place, view, refusal }: TelemetryKeyProps) {
  const trpc = useTRPC();
  const [asked, setAsked] = useState<"later" | "at once" | null>(null);
  const show = useMutation(trpc.telemetry.showKey.mutationOptions({ gcTime: 0 }));
  const replace = useMutation(trpc.telemetry.replaceKey.mutationOptions());
  const act = useAct(trpc.telemetry.get.queryKey(place));
  const { name } = view.environment;
  async function confirm() {
    const atOnce = asked === "at once";
    const isDone = await act(
      () => replace.mutateAsync({ ...place, atOnce }),
      `${name} has a new telemetry key.`,
    );
    if (!isDone) return;
    show.reset();
    setAsked(null);
  }
  return (
    <>
      <DefinitionList
        items={[
          {
            term: "OTLP endpoint",
            value: <CodeBlock label={`OTLP endpoint of ${name}`} code={view.endpoint} />,
          },
          ...(show.data === undefined
            ? []
            : [
                {
                  term: "OTLP header",
                  value: <CodeBlock label={`OTLP header of ${name}`} code={show.data.otlpHeader} />,
                },
                {
                  term: "Sentry DSN",
                  value: <CodeBlock label={`Sentry DSN of ${name}`} code={show.data.sentryDsn} />,
                },
              ]),
        ]}
      />
      {view.formerKeyUntil !== null && (
        <p className="text-muted text-sm">
          The key before opens, too, until <Time at={view.formerKeyUntil} />.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {show.data === undefined ? (
          <Button
            refusal={refusal}
            loading={show.isPending}
            onClick={() =>
              show.mutate(place, { onError: (error) => toast.error(requestProblem(error).message) })
            }
          >
            Show the key of {name}
          </Button>
        ) : (
          <Button onClick={() => show.reset()}>Hide the key of {name}</Button>
        )}
        <Button refusal={refusal} onClick={() => setAsked("later")}>
          Replace the key of {name}
        </Button>
        <Button refusal={refusal} onClick={() => setAsked("at once")}>
          Replace the key of {name} at once
        </Button>
      </div>
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={`Replace the telemetry key of ${name}${asked === "at once" ? " at once" : ""}?`}
        description={
          asked === "at once"
            ? "The present key is refused from now on. Instances that run go on serving, but what they tell is refused until they are restarted; other processes need the new key."
            : "The present key opens for 7 days more, and any before it no longer. Instances get the new key when they are started next; give it to other processes by then."
        }
        confirmLabel={asked === "at once" ? "Replace the key at once" : "Replace the key"}
        keepLabel="Keep the key"
        loading={replace.isPending}
        onConfirm={confirm}
      />
    </>
  );
}
