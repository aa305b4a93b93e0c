"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import type { AccessFormProps } from "./access-form.tsx";
import { HostKeys } from "./host-keys.tsx";

/** A key pair of this service's own: its public half goes to the Git server, its private half stays sealed here. */
export function DeployKeyForm({ repositoryUrl, problem, isReading, onReady }: AccessFormProps) {
  const trpc = useTRPC();
  const make = useMutation(
    trpc.repositories.makeDeployKey.mutationOptions({
      onError: (error) => toast.error(requestProblem(error).message),
    }),
  );
  const host = useQuery(trpc.repositories.host.queryOptions({ repositoryUrl }));
  const key = make.data;
  if (key === undefined) {
    return (
      <div className="flex flex-col items-start gap-3">
        <p className="text-muted">
          A deploy key opens this one repository, for reading. Its private half is kept sealed and never
          shown.
        </p>
        <Button
          variant="primary"
          icon={<KeyRound />}
          loading={make.isPending}
          onClick={() => make.mutate({ repositoryUrl })}
        >
          Make a deploy key
        </Button>
      </div>
    );
  }
  const isHostKnown = host.data !== undefined && host.data.from !== "nowhere";
  return (
    <>
      <div className="flex flex-col gap-2">
        <p className="font-medium">Add this key to the repository, for reading only</p>
        <CodeBlock code={key.publicKey ?? ""} label="public key" />
        <ul className="list-disc pl-5 text-muted text-sm">
          <li>GitHub: Settings, Deploy keys, Add deploy key; leave “Allow write access” off.</li>
          <li>GitLab: Settings, Repository, Deploy keys; leave “Grant write permissions” off.</li>
          <li>Gitea and Forgejo: Settings, Deploy Keys; leave “Enable Write Access” off.</li>
          <li>Bitbucket: Repository settings, Access keys.</li>
        </ul>
      </div>
      <HostKeys
        repositoryUrl={repositoryUrl}
        host={host.data}
        hasChanged={problem?.field === "hostKey"}
        problem={host.isError ? requestProblem(host.error).message : null}
      />
      <div>
        <Button
          variant="primary"
          loading={isReading}
          refusal={isHostKnown ? null : "Compare and confirm the host key first."}
          onClick={() => onReady(key.id)}
        >
          Read repository with this key
        </Button>
      </div>
    </>
  );
}
