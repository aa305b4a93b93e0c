"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FieldErrors, useForm } from "react-hook-form";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { CheckboxList } from "#components/ui/checkbox-list.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import { type TokenPermission, tokenPermissions } from "#server/domain/permissions.ts";
import {
  tokenNameSchema,
  tokenPermissionsSchema,
  tokenPermissionWords,
  tokenServicesSchema,
  usualTokenDays,
} from "#server/domain/token.ts";
import type { MadeToken } from "./token-shown.tsx";
import { type Lifetime, lifetimes } from "./token-words.ts";

type Values = {
  name: string;
  permissions: TokenPermission[];
  /** `all`, also those that come later, or the chosen ones. */
  reach: "all" | "chosen";
  services: string[];
  days: Lifetime;
};

const reaches = [
  { value: "all", label: "All services, also those that come later" },
  { value: "chosen", label: "Only these" },
] as const;

export type TokenFormProps = { onMade: (made: MadeToken) => void; onClose: () => void };

export function TokenForm({ onMade, onClose }: TokenFormProps) {
  const trpc = useTRPC();
  const services = useQuery(trpc.services.list.queryOptions());
  const session = useQuery(trpc.session.current.queryOptions());
  // A token can be given what its maker may do, and no more.
  const permissionOptions = tokenPermissions
    .filter((permission) => session.data?.may[permission] === true)
    .map((value) => {
      const { word: label, hint } = tokenPermissionWords[value];
      return { value, label, hint };
    });
  const create = useMutation(trpc.tokens.create.mutationOptions());
  const form = useForm<Values>({
    defaultValues: { name: "", permissions: ["read"], reach: "all", services: [], days: `${usualTokenDays}` },
    resolver: (values) => {
      const errors = errorsOf(values);
      return Object.keys(errors).length === 0 ? { values, errors: {} } : { values: {}, errors };
    },
  });
  const { permissions, reach, services: chosen, days } = form.watch();
  const { errors } = form.formState;
  const set = { shouldValidate: form.formState.isSubmitted };
  async function send(values: Values) {
    const { name, permissions, services, days } = values;
    try {
      const made = await create.mutateAsync({
        ...{ name, permissions, days: Number(days) },
        services: values.reach === "all" ? null : services,
      });
      onMade({ ...made, name: name.trim() });
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      size="medium"
      title="Make a token"
      description="It is shown once, right after this."
      submitLabel="Make the token"
    >
      <TextField
        form={form}
        name="name"
        label="Name"
        hint="Which machine uses it, such as “CI of the shop”."
      />
      <CheckboxList
        label="It may"
        options={permissionOptions}
        chosen={permissions}
        onChange={(value) => form.setValue("permissions", value, set)}
        error={errors.permissions?.message}
      />
      <Field label="For which services">
        <Select
          options={reaches}
          value={reach}
          onValueChange={(value) => form.setValue("reach", value, set)}
        />
      </Field>
      {reach === "chosen" && (
        <CheckboxList
          label="Services"
          options={(services.data ?? []).map(({ slug, name }) => ({ value: slug, label: name, hint: slug }))}
          chosen={chosen}
          onChange={(value) => form.setValue("services", value, set)}
          error={errors.services?.message}
        />
      )}
      <Field label="Works for" hint="You see a warning here two weeks before it ends.">
        <Select options={lifetimes} value={days} onValueChange={(value) => form.setValue("days", value)} />
      </Field>
    </FormDialog>
  );
}

function errorsOf(values: Values): FieldErrors<Values> {
  const checks = {
    name: tokenNameSchema.safeParse(values.name),
    permissions: tokenPermissionsSchema.safeParse(values.permissions),
    services: tokenServicesSchema.safeParse(values.reach === "all" ? null : values.services),
  };
  return Object.fromEntries(
    Object.entries(checks).flatMap(([field, { error }]) =>
      error === undefined ? [] : [[field, { type: "rule", message: error.issues[0]?.message }]],
    ),
  );
}
