"use client";
import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { RowMenu } from "#components/table/row-menu.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { MenuItem } from "#components/ui/menu.tsx";
import { useAct } from "#components/use-act.ts";
import type { RouterView, WorkerView } from "#server/domain/worker-views.ts";

export function ForgetWorker({ worker }: { worker: WorkerView }) {
  const trpc = useTRPC();
  const forget = useMutation(trpc.workers.forget.mutationOptions());
  return (
    <Forget
      kind="worker"
      name={worker.name}
      refusal={worker.forgetRefusal}
      description="It leaves the lists here. One that starts under its name is known again."
      isPending={forget.isPending}
      forget={() => forget.mutateAsync({ workerId: worker.id })}
    />
  );
}

export function ForgetRouter({ router }: { router: RouterView }) {
  const trpc = useTRPC();
  const forget = useMutation(trpc.workers.forgetRouter.mutationOptions());
  return (
    <Forget
      kind="router"
      name={router.name}
      refusal={router.forgetRefusal}
      description="Switches wait for it no more. Be sure that it has ended: one that still runs without the database would go on sending requests to a pool that is ended."
      isPending={forget.isPending}
      forget={() => forget.mutateAsync({ routerId: router.id })}
    />
  );
}

type ForgetProps = {
  kind: "worker" | "router";
  name: string;
  refusal: string | null;
  description: string;
  isPending: boolean;
  forget: () => Promise<unknown>;
};

function Forget({ kind, name, refusal, description, isPending, forget }: ForgetProps) {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const act = useAct(trpc.workers.list.queryKey());
  const whole = `the ${kind} ${name}`;
  return (
    <>
      <RowMenu of={name}>
        <MenuItem icon={<Trash2 />} danger refusal={refusal} onClick={() => setOpen(true)}>
          Forget {whole}
        </MenuItem>
      </RowMenu>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Forget ${whole}?`}
        description={description}
        confirmLabel={`Forget ${name}`}
        keepLabel={`Keep ${name}`}
        loading={isPending}
        onConfirm={() => void act(forget, `Forgot ${whole}.`).then(() => setOpen(false))}
      />
    </>
  );
}
