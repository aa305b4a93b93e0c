"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { roleWords } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import { Callout } from "#components/ui/callout.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import type { MemberRow } from "#server/api/types.ts";
import { roles } from "#server/domain/permissions.ts";
import { useAct } from "../use-act.ts";
import { RoleSelect } from "./role-select.tsx";

export function ChangeRole({ member, onClose }: { member: MemberRow; onClose: () => void }) {
  const trpc = useTRPC();
  const act = useAct(trpc.members.pathKey());
  const change = useMutation(trpc.members.changeRole.mutationOptions());
  const [role, setRole] = useState(member.role);
  const { name } = member;
  const words = roleWords[role];
  const tokens = member.details?.workingTokens ?? 0;
  async function send() {
    const isDone = await act(
      () => change.mutateAsync({ userId: member.id, role }),
      `${name} is ${words.name} now.`,
    );
    if (isDone) onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={`Change the role of ${name}`}
      description="It holds at once, on every open page."
      footer={
        <Button
          variant="primary"
          className={wrappingClass}
          loading={change.isPending}
          refusal={role === member.role ? `${name} is ${words.name} already.` : null}
          onClick={() => void send()}
        >
          Make {name} {words.name}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Role">
          <RoleSelect value={role} onChange={setRole} />
        </Field>
        {tokens > 0 && roles.indexOf(role) < roles.indexOf(member.role) && (
          <Callout tone="attention">
            {name} made {tokensText(tokens)}. A token can do no more than its maker, so from then on no more
            than {words.name}.
          </Callout>
        )}
      </div>
    </Dialog>
  );
}

export function tokensText(tokens: number): string {
  return tokens === 1 ? "1 token" : `${tokens} tokens`;
}
