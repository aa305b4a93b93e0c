"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { TokenForm } from "./token-form.tsx";
import { type MadeToken, TokenShown } from "./token-shown.tsx";
import { TokensTable } from "./tokens-table.tsx";

/** Which machines may do what? */
export function TokensPage({ initial }: { initial: Outputs["tokens"]["list"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tokens = useQuery(trpc.tokens.list.queryOptions(undefined, { initialData: initial }));
  const [isMaking, setMaking] = useQueryState("make", parseAsBoolean.withDefault(false));
  const [made, setMade] = useState<MadeToken | null>(null);
  const show = (token: MadeToken) => {
    void setMaking(null);
    setMade(token);
    void queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() });
  };
  return (
    <Section
      title="Tokens"
      description="Keys for machines: they use the REST API with what you give them here, and nothing more."
      actions={
        <Button variant="primary" icon={<Plus />} onClick={() => void setMaking(true)}>
          Make a token
        </Button>
      }
    >
      {tokens.error !== null && (
        <Callout
          tone="failed"
          title="The tokens could not be read again"
          actions={<Button onClick={() => void tokens.refetch()}>Try again</Button>}
        >
          {requestProblem(tokens.error).message} What is shown may be old.
        </Callout>
      )}
      <TokensTable tokens={tokens.data} onRotated={show} />
      {isMaking && <TokenForm onMade={show} onClose={() => void setMaking(null)} />}
      {made !== null && <TokenShown made={made} onDone={() => setMade(null)} />}
    </Section>
  );
}
