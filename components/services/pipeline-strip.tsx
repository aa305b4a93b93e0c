import { ArrowRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { ActionLink } from "#components/deployments/action-link.tsx";
import { paths } from "#components/paths.ts";
import { Status } from "#components/ui/status.tsx";
import type { LiveRelease, ServiceEnvironmentView, ServicePage } from "#server/api/types.ts";
import { ReleaseLink } from "./release-link.tsx";
import { WaitingLine } from "./waiting-line.tsx";

/** Waiting commits → staging #43 → production #42: the way of a change, with the button on each arrow. */
export function PipelineStrip({ service }: { service: ServicePage }) {
  const [first] = service.environments;
  return (
    <section
      aria-label="Pipeline"
      className="flex gap-4 overflow-x-auto border-y bg-surface px-4 py-4 max-md:flex-col"
    >
      <Stop
        title="Commits"
        line={
          <>
            {waitingLine(first)}
            {first?.waiting != null && (
              <span className="block font-normal">
                <WaitingLine waiting={first.waiting} isShort />
              </span>
            )}
          </>
        }
      />
      {service.environments.map((view) => (
        <Fragment key={view.serviceEnvironmentId}>
          <Arrow>
            <NextAct view={view} slug={service.slug} />
          </Arrow>
          <Stop
            title={view.environment.name}
            line={
              view.live === null ? (
                <Status tone="waiting" word="nothing live" />
              ) : (
                <LiveLine live={view.live} slug={service.slug} />
              )
            }
          />
        </Fragment>
      ))}
    </section>
  );
}

function NextAct({ view, slug }: { view: ServiceEnvironmentView; slug: string }) {
  if (view.promote === null) {
    return <ActionLink action={view.deploy} href={paths.deploy(slug, view.environment.slug)} />;
  }
  const release = view.promote.releaseNumber ?? undefined;
  return (
    <ActionLink
      action={view.promote}
      href={paths.deploy(slug, view.environment.slug, { kind: "promote", release })}
    />
  );
}

function Stop({ title, line }: { title: string; line: ReactNode }) {
  return (
    <div className="flex min-w-32 shrink-0 flex-col justify-center">
      <span className="text-muted text-xs">{title}</span>
      <span className="font-medium">{line}</span>
    </div>
  );
}

function Arrow({ children }: { children: ReactNode }) {
  return (
    <div className="flex grow items-center gap-2 max-md:grow-0">
      <span aria-hidden className="h-px min-w-4 grow bg-line-strong max-md:hidden" />
      {children}
      <span aria-hidden className="h-px min-w-4 grow bg-line-strong max-md:hidden" />
      <ArrowRight aria-hidden className="size-4 shrink-0 text-faint max-md:rotate-90" />
    </div>
  );
}

function LiveLine({ live, slug }: { live: LiveRelease; slug: string }) {
  return (
    <span className="flex items-center gap-2">
      <ReleaseLink slug={slug} number={live.number} /> <Status tone="live" word="live" className="text-sm" />
    </span>
  );
}

function waitingLine(first: ServiceEnvironmentView | undefined): string {
  if (first?.waitingCommits === null || first === undefined) return "not counted yet";
  if (first.waitingCommits === 0) return "none waiting";
  return first.waitingCommits === 1 ? "1 waiting" : `${first.waitingCommits} waiting`;
}
