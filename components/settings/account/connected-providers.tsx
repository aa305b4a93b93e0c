"use client";
import { useMutation } from "@tanstack/react-query";
import { ProviderButtons } from "#components/identity/provider-buttons.tsx";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { Outputs } from "#server/api/types.ts";
import { providerName } from "../members/ways-in.ts";

type Account = Outputs["session"]["account"];

/** The accounts elsewhere that sign one in here, and those that could. */
export function ConnectedProviders({ account }: { account: Account }) {
  const { identities, providers, hasPassword } = account;
  const others = providers.filter(({ issuer }) => identities.every((identity) => identity.issuer !== issuer));
  const isOnlyWay = !hasPassword && identities.length === 1;
  return (
    <div className="flex flex-col gap-2">
      {identities.map((identity) => (
        <Connected
          key={identity.id}
          identity={identity}
          name={providerName(identity.issuer, providers)}
          refusal={isOnlyWay ? "This is your only way to sign in." : null}
        />
      ))}
      <ProviderButtons
        providers={others}
        act="Connect"
        size="small"
        returnTo={paths.settings()}
        intent={{ purpose: "connect" }}
      />
    </div>
  );
}

type ConnectedProps = { identity: Account["identities"][number]; name: string; refusal: string | null };

function Connected({ identity, name, refusal }: ConnectedProps) {
  const trpc = useTRPC();
  const act = useAct(trpc.session.pathKey());
  const disconnect = useMutation(trpc.session.disconnect.mutationOptions());
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>
        {name}, since <Time at={identity.connectedAt} layout="absolute" />
      </span>
      <Button
        size="small"
        refusal={refusal}
        loading={disconnect.isPending}
        onClick={() =>
          void act(
            () => disconnect.mutateAsync({ identityId: identity.id }),
            `${name} no longer signs you in.`,
          )
        }
      >
        Disconnect {name}
      </Button>
    </span>
  );
}
