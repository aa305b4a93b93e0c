"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { ServicePage } from "#server/api/types.ts";

type RemoveServiceProps = { service: ServicePage /** Why it cannot be removed. */; refusal: string | null };

export function RemoveService({ service, refusal }: RemoveServiceProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const remove = useMutation(trpc.services.remove.mutationOptions());
  async function send() {
    try {
      await remove.mutateAsync({ slug: service.slug, confirmSlug: service.slug });
      setOpen(false);
      toast.success(`${service.name} is being removed.`);
      router.push(paths.overview());
    } catch (error) {
      toast.error(requestProblem(error).message);
    }
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-4">
      <p className="max-w-prose text-muted">
        Its instances end, then its releases, deployments and logs go. The Git repository is not touched.
      </p>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button
            variant="danger"
            refusal={service.isBeingRemoved ? "It is being removed already." : refusal}
          >
            Remove {service.name}
          </Button>
        }
        title={`Remove ${service.name} from the portal?`}
        description="It stops serving in every environment, and its history here is gone for good. Its Git repository stays as it is."
        confirmLabel={`Remove ${service.name}`}
        keepLabel={`Keep ${service.name}`}
        typeToConfirm={service.slug}
        loading={remove.isPending}
        onConfirm={() => void send()}
      />
    </div>
  );
}
