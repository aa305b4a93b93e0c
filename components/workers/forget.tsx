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
  const { id: workerId, name, instanceCount, liveInstanceCount } = worker;
  const withInstances = instanceCount > 0;
  return (
    <Forget
      kind="worker"
      name={name}
      refusal={worker.forgetRefusal}
      description={
        withInstances
          ? `${givenUp(instanceCount, liveInstanceCount)} Do this only where its machine is gone for good: where it still runs, start the worker again instead. Should it come back, it ends what it finds.`
          : "It leaves the lists here. One that starts under its name is known again."
      }
      typeToConfirm={withInstances ? name : undefined}
      isPending={forget.isPending}
      forget={() => forget.mutateAsync({ workerId, withInstances })}
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

function givenUp(count: number, live: number): string {
  const after = "and no router sends requests there any more.";
  if (count === 1) {
    return `Its 1 instance, which takes ${live === 0 ? "no " : ""}live traffic, is given up with it, ${after}`;
  }
  const serving = live === 0 ? "none of which takes live traffic" : `${live} of which take live traffic`;
  return `Its ${count} instances, ${serving}, are given up with it, ${after}`;
}

type ForgetProps = {
  kind: "worker" | "router";
  name: string;
  refusal: string | null;
  description: string;
  typeToConfirm?: string;
  isPending: boolean;
  forget: () => Promise<unknown>;
};

function Forget({ kind, name, refusal, description, typeToConfirm, isPending, forget }: ForgetProps) {
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
        typeToConfirm={typeToConfirm}
        confirmLabel={`Forget ${name}`}
        keepLabel={`Keep ${name}`}
        loading={isPending}
        onConfirm={() => void act(forget, `Forgot ${whole}.`).then(() => setOpen(false))}
      />
    </>
  );
}
