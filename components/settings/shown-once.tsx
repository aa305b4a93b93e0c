"use client";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Time } from "#components/ui/time.tsx";

export type ShownOnceProps = {
  title: string;
  what: "link" | "token" | "secret";
  /** Who may have it, or where it belongs. */
  advice: ReactNode;
  /** What is copied: the secret itself first. */
  codes: readonly { label: string; code: string }[];
  /** Left out where it works until another takes its place. */
  expiresAt?: string;
  onDone: () => void;
};

/** The one time that a secret is seen: only its hash is kept. No stray click beside it loses it. */
export function ShownOnce({ title, what, advice, codes, expiresAt, onDone }: ShownOnceProps) {
  return (
    <Dialog
      open
      isSticky
      onOpenChange={(open) => !open && onDone()}
      title={title}
      footer={
        <Button variant="primary" onClick={onDone}>
          I have copied the {what}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Callout tone="attention" role="status" title={`Copy this ${what} now: it is not shown again.`}>
          {advice}
        </Callout>
        {codes.map(({ label, code }) => (
          <CodeBlock key={label} label={label} code={code} />
        ))}
        {expiresAt !== undefined && (
          <p className="text-muted text-sm">
            It works {what === "link" && "once, "}until <Time at={expiresAt} />.
          </p>
        )}
      </div>
    </Dialog>
  );
}
