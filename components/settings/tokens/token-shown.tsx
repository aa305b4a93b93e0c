"use client";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Time } from "#components/ui/time.tsx";

export type MadeToken = { id: number; name: string; token: string; expiresAt: string };

const never = () => () => undefined;

/** The one time that a token is seen. It stands on the page until it is put away, so that no stray click loses it. */
export function TokenShown({ made, onDone }: { made: MadeToken; onDone: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus(), []);
  const origin = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
  return (
    <section ref={ref} tabIndex={-1} aria-label={`The token ${made.name}`} className="outline-none">
      <Callout
        tone="attention"
        role="status"
        title={`Copy the token ${made.name} now: it is shown only this once`}
        actions={<Button onClick={onDone}>I have stored it</Button>}
      >
        Works until <Time at={made.expiresAt} />
      </Callout>
      <div className="mt-3 flex flex-col gap-2">
        <CodeBlock label="the token" code={made.token} />
        <CodeBlock
          label="a command that tries it"
          code={`curl -H 'Authorization: Bearer ${made.token}' ${origin}/api/v1/whoami`}
        />
      </div>
    </section>
  );
}
