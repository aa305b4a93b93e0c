"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { TokenRow } from "#server/domain/token.ts";
import type { MadeToken } from "./token-shown.tsx";
import { type Lifetime, lifetimeOf, lifetimes, type Overlap, overlaps } from "./token-words.ts";

export type RotateTokenProps = { token: TokenRow; onRotated: (made: MadeToken) => void };

export function RotateToken({ token, onRotated }: RotateTokenProps) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState<Lifetime>(lifetimeOf(token));
  const [overlap, setOverlap] = useState<Overlap>("24");
  const rotate = useMutation(
    trpc.tokens.rotate.mutationOptions({
      onSuccess(made) {
        setOpen(false);
        onRotated({ ...made, name: token.name });
      },
    }),
  );
  const send = () => rotate.mutate({ id: token.id, days: Number(days), overlapHours: Number(overlap) });
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      size="small"
      trigger={
        <Button size="small" aria-label={`Rotate ${token.name}, ${token.start}…`}>
          Rotate
        </Button>
      }
      title={`Rotate ${token.name}`}
      description="A new token with the same scopes takes its place."
      footer={
        <Button variant="primary" loading={rotate.isPending} onClick={send}>
          Make the new token
        </Button>
      }
    >
      <div className="flex flex-col gap-5">
        <Field label="The old one goes on for" hint="Long enough to give every machine the new one.">
          <Select options={overlaps} value={overlap} onValueChange={setOverlap} />
        </Field>
        <Field label="The new one works for">
          <Select options={lifetimes} value={days} onValueChange={setDays} />
        </Field>
        {rotate.error !== null && (
          <Callout tone="failed" role="alert">
            {requestProblem(rotate.error).message}
          </Callout>
        )}
      </div>
    </Dialog>
  );
}
