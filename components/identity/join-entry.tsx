"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { DataProvider, useTRPCClient } from "#components/trpc.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { AccountPage } from "./account-page.tsx";
import { JoinForm } from "./join-form.tsx";
import type { Provider } from "./provider-buttons.tsx";
import { roleWords } from "./role-words.ts";
import { useFragment } from "./use-fragment.ts";

/** The token stands behind the `#`, so that it reaches no server log; it is read and used by POST only. */
export function JoinEntry({ providers }: { providers: readonly Provider[] }) {
  const token = useFragment();
  if (token === null) return <Reading />;
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
  if (data === undefined) return <Reading />;
  const words = roleWords[data.role];
  return (
    <AccountPage
      title={data.resetsFor === null ? "Join Anytime" : "Set a new password"}
      description={
        data.resetsFor === null
          ? `You are invited as ${words.name}, who ${words.may}`
          : `For ${data.resetsFor}. Every session ends.`
      }
    >
      <JoinForm token={token} invitation={data} providers={providers} />
    </AccountPage>
  );
}

const title = "Your one-time link";

function Reading() {
  return (
    <AccountPage title={title}>
      <SkeletonLines count={6} />
    </AccountPage>
  );
}

function Unusable({ children }: { children: ReactNode }) {
  return (
    <AccountPage title={title}>
      <Callout tone="failed" role="alert">
        {children}
      </Callout>
      <ButtonLink href={paths.signIn()} variant="primary" size="large">
        Go to the sign-in page
      </ButtonLink>
    </AccountPage>
  );
}
