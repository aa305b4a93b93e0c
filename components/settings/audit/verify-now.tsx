"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";

/** Walks the whole chain now; what comes of it stands where the button is. */
export function VerifyNow() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const verify = useMutation(
    trpc.audit.verify.mutationOptions({
      onSuccess: (check) => queryClient.setQueryData(trpc.audit.check.queryKey(), check),
      onError: (error) => toast.error(requestProblem(error).message),
    }),
  );
  return (
    <Button size="small" loading={verify.isPending} onClick={() => verify.mutate()}>
      Verify the chain now
    </Button>
  );
}
