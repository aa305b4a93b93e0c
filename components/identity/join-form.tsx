"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Outputs } from "#server/api/types.ts";
import { personNameSchema } from "#server/domain/account.ts";
import { PasswordField } from "./password-field.tsx";
import { OrLine, type Provider, ProviderButtons } from "./provider-buttons.tsx";
import { trySignIn } from "./sign-in-form.tsx";

type Values = { name: string; email: string; password: string };

export type JoinFormProps = {
  token: string;
  invitation: Outputs["join"]["read"];
  providers: readonly Provider[];
};

/** Makes the account of an invitation, or sets the password of a reset link, then signs in. */
export function JoinForm({ token, invitation, providers }: JoinFormProps) {
  const { email, resetsFor } = invitation;
  const trpc = useTRPC();
  const accept = useMutation(trpc.join.accept.mutationOptions());
  const form = useForm<Values>({ defaultValues: { name: resetsFor ?? "", email, password: "" } });
  const { isSubmitting, isSubmitSuccessful, errors } = form.formState;
  const isReset = resetsFor !== null;

  async function send({ name, password }: Values) {
    try {
      await accept.mutateAsync({ token, name, password });
      const problem = await trySignIn({ email, password });
      window.location.replace(problem === null ? paths.overview() : paths.signIn());
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }

  return (
    <div className="flex flex-col gap-6">
      {!isReset && providers.length > 0 && (
        <>
          <ProviderButtons
            providers={providers}
            act="Join with"
            returnTo={paths.overview()}
            intent={{ purpose: "join", token }}
          />
          <OrLine />
        </>
      )}
      <Form
        form={form}
        onSubmit={send}
        aria-label={isReset ? "Set a new password" : "Make your account"}
        footer={
          <Button
            type="submit"
            variant="primary"
            size="large"
            className="w-full"
            loading={isSubmitting || (isSubmitSuccessful && Object.keys(errors).length === 0)}
          >
            {isReset ? "Set the password and sign in" : "Make the account and sign in"}
          </Button>
        }
      >
        <Field label="E-mail">
          <Input type="email" readOnly autoComplete="username" {...form.register("email")} />
        </Field>
        {!isReset && (
          <Field label="Your name" error={errors.name?.message}>
            <Input
              autoComplete="name"
              spellCheck={false}
              {...form.register("name", { validate: fieldRule(personNameSchema) })}
            />
          </Field>
        )}
        <PasswordField
          form={form}
          name="password"
          label={isReset ? "New password" : "Password"}
          autoComplete="new-password"
        />
      </Form>
    </div>
  );
}
