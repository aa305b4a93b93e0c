"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { readsOnly } from "#components/identity/role-words.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

export function TourRemoval({ slug, mayRemove }: { slug: string; mayRemove: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const remove = useMutation(trpc.tour.remove.mutationOptions());
  async function send() {
    try {
      await remove.mutateAsync();
      setOpen(false);
      toast.success("The tour is being removed.");
      await queryClient.invalidateQueries();
    } catch (error) {
      toast.error(requestProblem(error).message);
    }
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-4 py-3">
      <p className="max-w-prose text-muted">
        The sample service {slug}, with its instances, history and Git repository.
      </p>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button variant="danger" refusal={mayRemove ? null : readsOnly}>
            Remove the tour
          </Button>
        }
        title="Remove the tour?"
        description={`The service ${slug} stops serving, and its history and repository are deleted. Your own services are not touched.`}
        confirmLabel="Remove the tour"
        keepLabel="Keep the tour"
        loading={remove.isPending}
        onConfirm={() => void send()}
      />
    </div>
  );
}
