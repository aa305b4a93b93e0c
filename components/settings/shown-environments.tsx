"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { useAct } from "#components/use-act.ts";

/** In which environments the public feed shows what public services do. */
export function ShownEnvironments({ mayChange }: { mayChange: boolean }) {
  const trpc = useTRPC();
  const environments = useQuery(trpc.services.environments.queryOptions());
  const show = useMutation(trpc.installation.showEnvironment.mutationOptions());
  const act = useAct(trpc.services.environments.queryKey(), trpc.feed.pathKey());
  if (!environments.isSuccess) return <SkeletonLines count={2} />;
  return (
    <>
      <ul className="divide-y">
        {environments.data.map(({ slug, name, isShown }) => (
          <li key={slug} className="py-3">
            <Switch
              label={`Show ${name}`}
              hint={mayChange ? undefined : "Administrators decide this."}
              checked={show.isPending && show.variables.slug === slug ? show.variables.isShown : isShown}
              disabled={!mayChange}
              onCheckedChange={(wanted) =>
                void act(
                  () => show.mutateAsync({ slug, isShown: wanted }),
                  wanted ? `The public feed shows ${name}.` : `The public feed shows ${name} no more.`,
                )
              }
            />
          </li>
        ))}
      </ul>
      <p className="text-muted text-sm">
        Of services that their teams show.{" "}
        <Link href={paths.feed()} className="link">
          Public feed
        </Link>
      </p>
    </>
  );
}
