"use client";
import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import type { MemberRow } from "#server/api/types.ts";
import { ShownLink } from "./shown-link.tsx";
import { useRenewMembers } from "./use-renew-members.ts";

export function ResetLink({ member, onClose }: { member: MemberRow; onClose: () => void }) {
  const trpc = useTRPC();
  const renew = useRenewMembers();
  const make = useMutation(
    trpc.members.makeResetLink.mutationOptions({
      onSuccess: renew,
      onError: (error) => toast.error(requestProblem(error).message),
    }),
  );
  const { name } = member;
  const title = `A link that sets a new password for ${name}`;
  if (make.data !== undefined) return <ShownLink title={title} made={make.data} onDone={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={title}
      description="The old password works until the link is used. Using it ends every session."
      footer={
        <Button
          variant="primary"
          className={wrappingClass}
          loading={make.isPending}
          onClick={() => make.mutate({ userId: member.id })}
        >
          Make the link for {name}
        </Button>
      }
    />
  );
}
