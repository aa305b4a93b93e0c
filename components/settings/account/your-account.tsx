"use client";
import { useQuery } from "@tanstack/react-query";
import { roleWords } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import type { Outputs } from "#server/api/types.ts";
import { SignOutEverywhere } from "../sign-out-everywhere.tsx";
import { ChangeName } from "./change-name.tsx";
import { ChangePassword } from "./change-password.tsx";
import { ConnectedProviders } from "./connected-providers.tsx";
import { ReviewMails } from "./review-mails.tsx";

export type YourAccountProps = {
  user: Outputs["session"]["current"]["user"];
  initial: Outputs["session"]["account"];
  /** Why a provider was not connected. */
  problem: string | null;
};

export function YourAccount({ user, initial, problem }: YourAccountProps) {
  const trpc = useTRPC();
  const { data: account } = useQuery(trpc.session.account.queryOptions(undefined, { initialData: initial }));
  const hasProviders = account.providers.length > 0 || account.identities.length > 0;
  return (
    <>
      {problem !== null && (
        <Callout tone="failed" role="alert" title="The provider was not connected">
          {problem}
        </Callout>
      )}
      <DefinitionList
        items={[
          { term: "Name", value: <ChangeName name={user.name} /> },
          { term: "E-mail", value: user.email },
          { term: "Role", value: roleWords[user.role].label },
          {
            term: "Password",
            value: account.hasPassword ? (
              <ChangePassword />
            ) : (
              "None: you sign in with a provider. An administrator makes you a link that sets one."
            ),
          },
          ...(hasProviders ? [{ term: "Providers", value: <ConnectedProviders account={account} /> }] : []),
          { term: "Mail", value: <ReviewMails isWanted={account.mailsReviews} /> },
          { term: "Sessions", value: <SignOutEverywhere /> },
        ]}
      />
    </>
  );
}
