"use client";
import { DataProvider } from "#components/trpc.tsx";
import { Code, CodeBlock } from "#components/ui/code-block.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { SetupForm } from "./setup-form.tsx";
import { useFragment } from "./use-fragment.ts";

/** The token stands behind the `#`, so that it reaches no server log; only the browser can read it. */
export function SetupEntry() {
  const token = useFragment();
  if (token === null) return <SkeletonLines count={6} />;
  if (token === "") return <MissingToken />;
  return (
    <DataProvider>
      <SetupForm token={token} />
    </DataProvider>
  );
}

function MissingToken() {
  return (
    <div className="flex flex-col gap-3">
      <p>
        Open the one-time setup link that <Code>npm start</Code> printed. It ends in a <Code>#</Code> and a
        long word.
      </p>
      <p className="text-muted">
        It is gone from the screen? This prints a new one, on the machine of the portal:
      </p>
      <CodeBlock code="npm run anytime -- setup-link" label="the command" />
    </div>
  );
}
