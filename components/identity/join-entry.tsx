"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { DataProvider, useTRPCClient } from "#components/trpc.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { JoinForm } from "./join-form.tsx";
import type { Provider } from "./provider-buttons.tsx";
import { useFragment } from "./use-fragment.ts";

/** The token stands behind the `#`, so that it reaches no server log; it is read and used by POST only. */
export function JoinEntry({ providers }: { providers: readonly Provider[] }) {
  const token = useFragment();
  if (token === null) return <SkeletonLines count={6} />;
  if (token === "") {
    return <Unusable>Open the whole link that you were given: it ends in a # and a long word.</Unusable>;
  }
  return (
    <DataProvider>
      <Invited key={token} token={token} providers={providers} />
    </DataProvider>
  );
}

function Invited({ token, providers }: { token: string; providers: readonly Provider[] }) {
  const client = useTRPCClient();
  const { data, error } = useQuery({
    queryKey: ["join", token],
    queryFn: () => client.join.read.mutate({ token }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error !== null) return <Unusable>{requestProblem(error).message}</Unusable>;
  if (data === undefined) return <SkeletonLines count={6} />;
  return <JoinForm token={token} invitation={data} providers={providers} />;
}

function Unusable({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-4">
      <Callout tone="failed" role="alert">
        {children}
      </Callout>
      <ButtonLink href={paths.signIn()}>Go to the sign-in page</ButtonLink>
    </div>
  );
}
