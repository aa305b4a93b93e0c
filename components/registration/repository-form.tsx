"use client";
import { useQuery } from "@tanstack/react-query";
import { FolderGit2 } from "lucide-react";
import { useMemo } from "react";
import { type ResolverResult, useForm } from "react-hook-form";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Form } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import { parseGitUrl } from "#server/domain/git-url.ts";

type Values = { repositoryUrl: string };

export type RepositoryFormProps = {
  initial: string;
  /** Null or the moment when reading began. */
  readingSince: Date | null;
  /** What the portal said against the address. */
  problem: string | null;
  onRead: (repositoryUrl: string) => void;
};

/** Step one: where the code is. */
export function RepositoryForm({ initial, readingSince, problem, onRead }: RepositoryFormProps) {
  const trpc = useTRPC();
  const facts = useQuery(trpc.installation.facts.queryOptions());
  const localFolder = facts.data?.localRepositoriesFolder ?? null;
  const form = useForm<Values>({
    defaultValues: { repositoryUrl: initial },
    errors: useMemo(
      () => (problem === null ? undefined : { repositoryUrl: { type: "server", message: problem } }),
      [problem],
    ),
    resolver: (values): ResolverResult<Values> => {
      const parsed = parseGitUrl(values.repositoryUrl);
      if (parsed.ok) return { values, errors: {} };
      return { values: {}, errors: { repositoryUrl: { type: "address", message: parsed.problem } } };
    },
  });
  return (
    <Form
      form={form}
      aria-label="Repository"
      onSubmit={({ repositoryUrl }) => onRead(repositoryUrl.trim())}
      footer={
        <Button type="submit" variant="primary" loading={readingSince !== null}>
          Read repository
        </Button>
      }
    >
      <TextField
        form={form}
        name="repositoryUrl"
        label="Git address"
        mono
        inputMode="url"
        icon={<FolderGit2 />}
        placeholder="https://git.example.org/team/hello.git"
        hint={
          <>
            https, ssh
            {localFolder !== null && (
              <>
                , or a path below <Code>{localFolder}</Code>
              </>
            )}
          </>
        }
      />
      {readingSince !== null && (
        <div role="status" className="flex flex-col gap-1.5">
          <ProgressBar label="Reading the repository" share={null} />
          <p className="text-muted text-sm">
            Reading the repository for <Duration since={readingSince} />. The first time, the whole history is
            fetched.
          </p>
        </div>
      )}
    </Form>
  );
}
