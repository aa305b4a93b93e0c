"use client";
import { useMutation } from "@tanstack/react-query";
import { leaveForSignIn } from "#components/identity/leave-for-sign-in.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";

export function SignOutEverywhere() {
  const trpc = useTRPC();
  const signOut = useMutation(trpc.session.signOutEverywhere.mutationOptions({ onSuccess: leaveForSignIn }));
  return (
    <span className="flex flex-wrap items-center gap-3">
      <Button size="small" loading={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out everywhere
      </Button>
      <span className="text-muted text-sm">Ends every session of yours, this one too.</span>
    </span>
  );
}
