"use client";
import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import type { MemberRow } from "#server/api/types.ts";
import { OneTimeLink } from "./one-time-link.tsx";
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
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`A link that sets a new password for ${name}`}
      description="The old password works until the link is used. Using it ends every session."
      footer={
        make.data === undefined && (
          <Button
            variant="primary"
            className={wrappingClass}
            loading={make.isPending}
            onClick={() => make.mutate({ userId: member.id })}
          >
            Make the link for {name}
          </Button>
        )
      }
    >
      {make.data !== undefined && <OneTimeLink made={make.data} />}
    </Dialog>
  );
}
