"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { TokenForm } from "./token-form.tsx";
import { TokenList } from "./token-list.tsx";
import { type MadeToken, TokenShown } from "./token-shown.tsx";

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
  const make = (
    <Button variant="primary" icon={<Plus />} onClick={() => void setMaking(true)}>
      Make a token
    </Button>
  );
  return (
    <div className="flex flex-col gap-6">
      {made !== null && <TokenShown key={made.id} made={made} onDone={() => setMade(null)} />}
      <Section
        title="Tokens"
        description="Keys for machines: they use the REST API with what you give them here, and nothing more."
        actions={make}
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
        <TokenList tokens={tokens.data} make={make} onRotated={show} />
      </Section>
      <Dialog
        open={isMaking}
        onOpenChange={(open) => void setMaking(open ? true : null)}
        title="Make a token"
        description="It is shown once, right after this."
      >
        <TokenForm onMade={show} />
      </Dialog>
    </div>
  );
}
