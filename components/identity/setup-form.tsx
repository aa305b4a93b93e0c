"use client";
import { useMutation } from "@tanstack/react-query";
import { type FieldPath, useForm } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { emailSchema, personNameSchema } from "#server/domain/account.ts";
import { PasswordField } from "./password-field.tsx";
import { trySignIn } from "./sign-in-form.tsx";

type Values = { name: string; email: string; password: string };

/** Makes the first administrator and signs them in. */
export function SetupForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const complete = useMutation(trpc.setup.complete.mutationOptions());
  const form = useForm<Values>({ defaultValues: { name: "", email: "", password: "" } });
  const { isSubmitting, isSubmitSuccessful, errors } = form.formState;

  async function send(values: Values) {
    try {
      const { email } = await complete.mutateAsync({ token, ...values });
      const problem = await trySignIn({ email, password: values.password });
      window.location.replace(problem === null ? paths.overview() : paths.signIn());
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }

  const text = (
    name: FieldPath<Values>,
    label: string,
    rule: (value: unknown) => true | string,
    input: InputProps,
  ) => (
    <Field label={label} error={form.getFieldState(name, form.formState).error?.message}>
      <Input spellCheck={false} {...input} {...form.register(name, { validate: rule })} />
    </Field>
  );

  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="Make the first account"
      footer={
        <Button
          type="submit"
          variant="primary"
          size="large"
          className="w-full"
          loading={isSubmitting || (isSubmitSuccessful && Object.keys(errors).length === 0)}
        >
          Make the account and sign in
        </Button>
      }
    >
      {text("name", "Your name", fieldRule(personNameSchema), { autoComplete: "name" })}
      {text("email", "E-mail", fieldRule(emailSchema), {
        type: "email",
        autoComplete: "username",
        autoCapitalize: "none",
      })}
      <PasswordField form={form} name="password" autoComplete="new-password" />
    </Form>
  );
}
