"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { Outputs, ServiceEnvironmentView } from "#server/api/types.ts";
import type { TelemetryKind } from "#server/domain/signal-source.ts";

export type TelemetryAccessProps = {
  slug: string;
  view: ServiceEnvironmentView;
  /** Why nothing can be changed. */
  refusal: string | null;
};

const kindWords: Record<TelemetryKind, string> = {
  traces: "Traces of OpenTelemetry",
  metrics: "Metrics of OpenTelemetry",
  logs: "Logs of OpenTelemetry",
  sentry: "Sentry",
};

/** What a service tells of itself in one environment, and what an SDK needs to do so. */
export function TelemetryAccess({ slug, view, refusal }: TelemetryAccessProps) {
  const { environment } = view;
  const place = { slug, environmentSlug: environment.slug };
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.telemetry.get.queryOptions(place));
  const show = useMutation(trpc.telemetry.showAccess.mutationOptions());
  return (
    <section aria-label={`Telemetry of ${environment.name}`} className="flex flex-col gap-3">
      <h3 className="font-medium">{environment.name}</h3>
      {error !== null && <Callout tone="failed">{requestProblem(error).message}</Callout>}
      {data === undefined && error === null && <SkeletonLines count={2} />}
      {data !== undefined && <Heard heard={data.heard} />}
      {data !== undefined && data.formerKeyUntil !== null && (
        <p className="text-muted text-sm">
          The key before is taken, too, until <Time at={data.formerKeyUntil} />.
        </p>
      )}
      {show.error !== null && <Callout tone="failed">{requestProblem(show.error).message}</Callout>}
      {show.data !== undefined && <Access access={show.data} />}
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          refusal={refusal}
          loading={show.isPending}
          onClick={() => (show.data === undefined ? show.mutate(place) : show.reset())}
        >
          {show.data === undefined
            ? `Show what an SDK needs in ${environment.name}`
            : `Hide what an SDK needs in ${environment.name}`}
        </Button>
        <ReplaceKey place={place} name={environment.name} refusal={refusal} onDone={() => show.reset()} />
      </div>
    </section>
  );
}

function Heard({ heard }: Pick<Outputs["telemetry"]["get"], "heard">) {
  if (heard.length === 0) {
    return (
      <p className="text-muted">
        Nothing was heard yet. The router counts requests in any case; instances that the portal starts are
        given all that an SDK of OpenTelemetry or Sentry needs.
      </p>
    );
  }
  return (
    <DefinitionList
      items={heard.map(({ kind, heardAt, refused }) => ({
        term: kindWords[kind],
        value: (
          <>
            heard <Time at={heardAt} layout="relative" />
            {refused > 0 && (
              <span className="text-attention">
                {" "}
                · {refused.toLocaleString("en")} of what it told last could not be true, or was too much
              </span>
            )}
          </>
        ),
      }))}
    />
  );
}

function Access({ access }: { access: Outputs["telemetry"]["showAccess"] }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-sm">
        For processes that the portal does not start. Whoever has the key can tell in this service’s name;
        name the release by its number in service.version or SENTRY_RELEASE.
      </p>
      <CodeBlock
        label="the variables of OpenTelemetry"
        code={[
          `OTEL_EXPORTER_OTLP_ENDPOINT=${access.endpoint}`,
          "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
          `OTEL_EXPORTER_OTLP_HEADERS=${access.headers}`,
        ].join("\n")}
      />
      <CodeBlock label="the DSN of Sentry" code={`SENTRY_DSN=${access.sentryDsn}`} />
    </div>
  );
}

type ReplaceKeyProps = {
  place: { slug: string; environmentSlug: string };
  name: string;
  refusal: string | null;
  onDone: () => void;
};

function ReplaceKey({ place, name, refusal, onDone }: ReplaceKeyProps) {
  const trpc = useTRPC();
  const act = useAct(trpc.telemetry.get.queryKey(place));
  const replace = useMutation(trpc.telemetry.replaceKey.mutationOptions());
  const [isOpen, setOpen] = useState(false);
  async function send(atOnce: boolean) {
    const done = atOnce
      ? "The key is replaced. The one before is taken no more."
      : "The key is replaced. The one before is taken for a week more.";
    if (!(await act(() => replace.mutateAsync({ ...place, atOnce }), done))) return;
    setOpen(false);
    onDone();
  }
  return (
    <>
      <Button size="small" refusal={refusal} loading={replace.isPending} onClick={() => void send(false)}>
        Replace the key of {name}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <Button size="small" variant="danger" refusal={refusal}>
            Replace the key of {name} at once
          </Button>
        }
        title={`Refuse the present key of ${name} from now on?`}
        description="For a key that got into wrong hands. What runs now has the old one: nothing it tells is taken until it is restarted or deployed. The router goes on counting."
        confirmLabel={`Replace the key of ${name} at once`}
        keepLabel={`Keep the key of ${name}`}
        loading={replace.isPending}
        onConfirm={() => void send(true)}
      />
    </>
  );
}
