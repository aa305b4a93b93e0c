"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import type { AccessFormProps } from "./access-form.tsx";

type Values = { username: string; token: string };

/** A user name and a token for an https address; sealed at once, and never shown again. */
export function TokenForm({ repositoryUrl, isReading, onReady }: AccessFormProps) {
  const trpc = useTRPC();
  const keep = useMutation(trpc.repositories.keepToken.mutationOptions());
  const form = useForm<Values>({ defaultValues: { username: "", token: "" } });
  async function send(values: Values) {
    try {
      const { id } = await keep.mutateAsync({ repositoryUrl, ...values });
      form.resetField("token");
      onReady(id);
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="Access by a token"
      footer={
        <Button type="submit" variant="primary" loading={isReading || keep.isPending}>
          Read repository with this token
        </Button>
      }
    >
      <div className="flex flex-col gap-1 text-muted">
        <p>A token that may read this one repository. It is kept sealed and never shown again.</p>
        <ul className="list-disc pl-5 text-sm">
          <li>
            GitHub: a fine-grained token with Contents: Read-only; the user name is{" "}
            <Code>x-access-token</Code>.
          </li>
          <li>
            GitLab: a deploy token with <Code>read_repository</Code>, and the user name that comes with it.
          </li>
          <li>Gitea and Forgejo: an access token that may read repositories, and whose it is.</li>
          <li>
            Bitbucket: a repository access token; the user name is <Code>x-token-auth</Code>.
          </li>
        </ul>
      </div>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField form={form} name="username" label="User name" mono autoCapitalize="none" />
        <TextField form={form} name="token" label="Token" type="password" autoComplete="off" />
      </div>
      <p className="text-muted text-sm">
        Or go by its ssh address with a deploy key, which belongs to the repository and not to a person.
      </p>
    </Form>
  );
}
