"use client";
import { signIn } from "next-auth/react";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordField } from "./password-field.tsx";

type Values = { email: string; password: string };

/** `returnTo` is a path of this portal, checked already. */
export function SignInForm({ returnTo }: { returnTo: string }) {
  const form = useForm<Values>({ defaultValues: { email: "", password: "" } });
  const { isSubmitting, isSubmitSuccessful, errors } = form.formState;

  async function send(values: Values) {
    const problem = await trySignIn(values);
    if (problem !== null) showFormError(form, { message: problem });
    // A whole load, so that nothing drawn without a session stays.
    else window.location.replace(returnTo);
  }

  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="Sign in"
      footer={
        <Button
          type="submit"
          variant="primary"
          size="large"
          className="w-full"
          loading={isSubmitting || (isSubmitSuccessful && errors.root === undefined)}
        >
          Sign in
        </Button>
      }
    >
      <Field label="E-mail" error={errors.email?.message}>
        <Input
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register("email", { required: "Write the e-mail address of your account." })}
        />
      </Field>
      <PasswordField
        form={form}
        name="password"
        autoComplete="current-password"
        rules={{ required: "Write your password." }}
      />
    </Form>
  );
}

/** Null when signed in, else a sentence. */
export async function trySignIn(values: Values): Promise<string | null> {
  try {
    const result = await signIn("credentials", { redirect: false, ...values });
    if (result?.ok === true && result.error == null) return null;
    return result?.error ?? "The portal did not answer. Try again.";
  } catch {
    return "The portal could not be reached. Check the connection and try again.";
  }
}
