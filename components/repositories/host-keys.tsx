"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { HostView } from "#server/api/types.ts";

export type HostKeysProps = {
  repositoryUrl: string;
  /** Undefined while it is not known yet. */
  host: HostView | undefined;
  /** To be compared anew, whatever was confirmed before. */
  hasChanged: boolean;
  /** Why it could not be asked for; null where it could. */
  problem?: string | null;
  onConfirmed?: () => void;
};

/** Which ssh server is believed: its keys, compared by a person unless its operators publish them. */
export function HostKeys({ repositoryUrl, host, hasChanged, problem = null, onConfirmed }: HostKeysProps) {
  const trpc = useTRPC();
  const [isConfirmed, setConfirmed] = useState(false);
  // Another change after that is compared like the first.
  if (isConfirmed && !hasChanged) setConfirmed(false);
  const isOpen = host?.from === "nowhere" || (hasChanged && !isConfirmed);
  const scan = useQuery(
    trpc.repositories.scanHost.queryOptions(
      { repositoryUrl },
      { enabled: isOpen, retry: false, staleTime: 0 },
    ),
  );
  if (host === undefined) {
    return problem === null ? <SkeletonLines count={2} /> : <Callout tone="failed">{problem}</Callout>;
  }
  if (!isOpen) return <TrustedKeys host={host} />;
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">Compare the host key of {host.host}</p>
      <p className="text-muted text-sm">
        Ask its operators for the fingerprints, or run{" "}
        <Code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</Code> there. Once confirmed, every other key
        is refused.
      </p>
      {scan.isFetching && <p role="status">Asking {host.host} for its keys…</p>}
      {scan.error !== null && <Callout tone="failed">{requestProblem(scan.error).message}</Callout>}
      {scan.data !== undefined && (
        <ShownKeys
          repositoryUrl={repositoryUrl}
          host={host.host}
          keys={scan.data.keys}
          onConfirmed={() => {
            setConfirmed(true);
            onConfirmed?.();
          }}
        />
      )}
    </div>
  );
}

function TrustedKeys({ host }: { host: HostView }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="font-medium">Host key of {host.host}</p>
      <Fingerprints keys={host.keys} />
      <p className="text-muted text-sm">
        {host.from === "published"
          ? "As its operators publish it. Every other key is refused."
          : "Confirmed by a person. Every other key is refused."}
      </p>
    </div>
  );
}

type ShownKeysProps = {
  repositoryUrl: string;
  host: string;
  keys: HostView["keys"];
  onConfirmed: () => void;
};

function ShownKeys({ repositoryUrl, host, keys, onConfirmed }: ShownKeysProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const confirm = useMutation(
    trpc.repositories.confirmHost.mutationOptions({
      onSuccess: () => {
        onConfirmed();
        toast.success(`The host key of ${host} is confirmed.`);
        return queryClient.invalidateQueries({ queryKey: trpc.repositories.pathKey() });
      },
      onError: (error) => toast.error(requestProblem(error).message),
    }),
  );
  return (
    <>
      <Fingerprints keys={keys} />
      <div>
        <Button
          icon={<ShieldCheck />}
          loading={confirm.isPending}
          onClick={() =>
            confirm.mutate({ repositoryUrl, fingerprints: keys.map(({ fingerprint }) => fingerprint) })
          }
        >
          Confirm the host key of {host}
        </Button>
      </div>
    </>
  );
}

function Fingerprints({ keys }: { keys: HostView["keys"] }) {
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {keys.map(({ type, fingerprint }) => (
        <li key={fingerprint} className="flex flex-wrap gap-x-2">
          <span className="text-muted">{type}</span> <Code>{fingerprint}</Code>
        </li>
      ))}
    </ul>
  );
}
