"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { CirclePause, Repeat2 } from "lucide-react";
import type { ReactNode } from "react";
import { readsOnly } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { ServiceEnvironmentView } from "#server/api/types.ts";

export type AutomationLineProps = { view: ServiceEnvironmentView; slug: string };

/** What is deployed here by itself, what came of the last look, and a click to pause, resume or look now. */
export function AutomationLine({ view, slug }: AutomationLineProps) {
  const { automation, automationTitle } = view;
  if (automationTitle === null) return null;
  return automation.pausedAt === null ? (
    <Running view={view} slug={slug} title={automationTitle} />
  ) : (
    <Paused view={view} slug={slug} title={automationTitle} since={automation.pausedAt} />
  );
}

function Running({ view, slug, title }: AutomationLineProps & { title: string }) {
  const trpc = useTRPC();
  const { act, place, name } = useAutomation(view, slug);
  const pause = useMutation(trpc.services.pauseAutomation.mutationOptions());
  const look = useMutation(trpc.services.lookForReleases.mutationOptions());
  return (
    <Line
      status={<Status tone="waiting" icon={<Repeat2 />} word="Automatic" />}
      actions={
        <>
          <ActButton
            loading={look.isPending}
            onClick={() => void act(() => look.mutateAsync(place), `Looked for what goes to ${name}.`)}
          >
            Look for new releases now
          </ActButton>
          <ActButton
            loading={pause.isPending}
            onClick={() =>
              void act(() => pause.mutateAsync(place), `Automatic deployments to ${name} are paused.`)
            }
          >
            Pause automatic deployments
          </ActButton>
        </>
      }
    >
      {title}
      <span className="text-muted"> · {view.automation.note ?? "It looks within half a minute."}</span>
    </Line>
  );
}

function Paused({ view, slug, title, since }: AutomationLineProps & { title: string; since: string }) {
  const trpc = useTRPC();
  const { act, place, name } = useAutomation(view, slug);
  const resume = useMutation(trpc.services.resumeAutomation.mutationOptions());
  return (
    <Line
      status={<Status tone="attention" icon={<CirclePause />} word="Paused" />}
      actions={
        <ActButton
          loading={resume.isPending}
          onClick={() => void act(() => resume.mutateAsync(place), `Automatic deployments to ${name} go on.`)}
        >
          Resume automatic deployments
        </ActButton>
      }
    >
      {title} <span className="text-muted">· {view.automation.pausedReason}</span>{" "}
      <Time at={since} layout="relative" className="text-faint" />
    </Line>
  );
}

function Line(props: { status: ReactNode; actions: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p className="min-w-0 grow basis-72 wrap-anywhere">
        <span className="mr-2 inline-flex align-bottom">{props.status}</span>
        {props.children}
      </p>
      <span className="flex flex-wrap gap-2">{props.actions}</span>
    </div>
  );
}

function ActButton(props: Pick<ButtonProps, "loading" | "onClick" | "children">) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  return <Button size="small" refusal={session.data?.may.deploy === false ? readsOnly : null} {...props} />;
}

function useAutomation(view: ServiceEnvironmentView, slug: string) {
  const trpc = useTRPC();
  const act = useAct(trpc.services.get.queryKey({ slug }));
  const { environment } = view;
  return { act, place: { slug, environmentSlug: environment.slug }, name: environment.name };
}
