"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { HostView, Outputs } from "#server/api/types.ts";
import { parseGitUrl } from "#server/domain/git-url.ts";
import { AccessForm } from "./access-form.tsx";
import { HostKeys } from "./host-keys.tsx";

type Access = Outputs["repositories"]["access"];
export type RepositoryAccessProps = {
  slug: string /** Why nothing can be changed. */;
  refusal: string | null;
};

/** What a service's repository is read with, and how that is replaced. */
export function RepositoryAccess({ slug, refusal }: RepositoryAccessProps) {
  const trpc = useTRPC();
  const [isSetting, setSetting] = useState(false);
  const { data: access, error } = useQuery(trpc.repositories.access.queryOptions({ slug }));
  const changes = access === undefined ? null : changeLabel(access);
  return (
    <Section
      title="Repository access"
      description="What its repository is read with. Builds and instances never see it."
      className="gap-4"
      actions={
        changes !== null &&
        !isSetting && (
          <Button refusal={refusal} onClick={() => setSetting(true)}>
            {changes}
          </Button>
        )
      }
    >
      {error !== null && <Callout tone="failed">{requestProblem(error).message}</Callout>}
      {access === undefined && error === null && <SkeletonLines count={3} />}
      {access !== undefined && <Current slug={slug} access={access} refusal={refusal} />}
      {access !== undefined && isSetting && (
        <Replacement slug={slug} access={access} onClose={() => setSetting(false)} />
      )}
    </Section>
  );
}

/** Null for a local path, which needs nothing. */
function changeLabel({ repositoryUrl, credential }: Access): string | null {
  const address = parseGitUrl(repositoryUrl);
  if (!address.ok || address.value.kind === "local") return null;
  const what = address.value.kind === "ssh" ? "deploy key" : "token";
  return credential === null ? `Set a ${what}` : `Replace the ${what}`;
}

function Current({ slug, access, refusal }: { slug: string; access: Access; refusal: string | null }) {
  const { credential, host } = access;
  if (credential === null) return <p className="text-muted">It is read without signing in anywhere.</p>;
  const { kind, username, publicKey, madeByName, madeAt } = credential;
  const what = kind === "token" ? "token" : "deploy key";
  return (
    <>
      <DefinitionList
        items={[
          ...(username === null ? [] : [{ term: "User name", value: username }]),
          ...(publicKey === null
            ? [{ term: "Token", value: "sealed" }]
            : [{ term: "Public key", value: <CodeBlock code={publicKey} label="public key" /> }]),
          ...(host === null
            ? []
            : [
                {
                  term: "Git server",
                  value: <CurrentHost repositoryUrl={access.repositoryUrl} host={host} refusal={refusal} />,
                },
              ]),
          {
            term: "Given by",
            value: (
              <>
                {madeByName}, <Time at={madeAt} layout="relative" />
              </>
            ),
          },
        ]}
      />
      <RemoveAccess slug={slug} what={what} refusal={refusal} />
    </>
  );
}

type CurrentHostProps = { repositoryUrl: string; host: HostView; refusal: string | null };

/** Servers are set up anew now and then: what they show is compared again, and the deploy key stays. */
function CurrentHost({ repositoryUrl, host, refusal }: CurrentHostProps) {
  const [isComparing, setComparing] = useState(false);
  return (
    <div className="flex flex-col items-start gap-2">
      <HostKeys
        repositoryUrl={repositoryUrl}
        host={host}
        hasChanged={isComparing}
        onConfirmed={() => setComparing(false)}
      />
      {!isComparing && (
        <Button size="small" refusal={refusal} onClick={() => setComparing(true)}>
          Compare the host key again
        </Button>
      )}
    </div>
  );
}

function RemoveAccess({ slug, what, refusal }: { slug: string; what: string; refusal: string | null }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const remove = useMutation(
    trpc.repositories.remove.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        toast.success(`The ${what} is removed.`);
        return queryClient.invalidateQueries({ queryKey: trpc.repositories.pathKey() });
      },
      onError: (error) => toast.error(requestProblem(error).message),
    }),
  );
  return (
    <div>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        trigger={<Button refusal={refusal}>Remove the {what}</Button>}
        title={`Remove the ${what} of ${slug}?`}
        description="It is gone for good. A private repository cannot be read then, so new commits cannot be deployed; what is built already still can."
        confirmLabel={`Remove the ${what}`}
        keepLabel={`Keep the ${what}`}
        loading={remove.isPending}
        onConfirm={() => remove.mutate({ slug })}
      />
    </div>
  );
}

type ReplacementProps = { slug: string; access: Access; onClose: () => void };

/** The new one is used once the repository has been read with it; until then the old one is. */
function Replacement({ slug, access, onClose }: ReplacementProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const use = useMutation(
    trpc.repositories.use.mutationOptions({
      onSuccess: () => {
        onClose();
        toast.success("The repository was read with it: it is used from now on.");
        return queryClient.invalidateQueries({ queryKey: trpc.repositories.pathKey() });
      },
    }),
  );
  return (
    <div className="flex flex-col gap-3 border-t pt-4">
      <AccessForm
        repositoryUrl={access.repositoryUrl}
        problem={use.error === null ? null : requestProblem(use.error)}
        isReading={use.isPending}
        onReady={(credentialId) => use.mutate({ slug, credentialId })}
      />
      <div>
        <Button variant="quiet" onClick={onClose}>
          Leave it as it is
        </Button>
      </div>
    </div>
  );
}
