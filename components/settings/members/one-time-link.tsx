import { Callout } from "#components/ui/callout.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Time } from "#components/ui/time.tsx";

/** Shown once: only its hash is kept. */
export function OneTimeLink({ made }: { made: { link: string; email: string; expiresAt: string } }) {
  return (
    <div className="flex flex-col gap-3">
      <Callout tone="attention" role="status" title="Copy this link now: it is not shown again.">
        Give it to {made.email} and to nobody else: whoever opens it first uses it.
      </Callout>
      <CodeBlock code={made.link} label="the one-time link" />
      <p className="text-muted text-sm">
        It works once, until <Time at={made.expiresAt} layout="absolute" />.
      </p>
    </div>
  );
}
