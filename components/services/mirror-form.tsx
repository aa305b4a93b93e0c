"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { fieldRule } from "#components/field-rule.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { type MirrorView, mirrorSchema, neverCopied } from "#server/domain/mirror.ts";
import { percentText, shareText } from "#server/domain/shares.ts";

export type MirrorFormProps = {
  slug: string;
  view: ServiceEnvironmentView;
  /** The environments that may be sent copies. */
  targets: readonly { slug: string; name: string }[];
  /** Why nothing can be changed. */
  refusal: string | null;
};

type Values = { to: string; share: string; strip: string };

const nowhere = "";
const shareRule = fieldRule(mirrorSchema.shape.share);
const stripRule = fieldRule(mirrorSchema.shape.strip);

/** To where requests to one environment are copied, how many of them, and without what. */
export function MirrorForm({ slug, view, targets, refusal }: MirrorFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(trpc.services.setMirror.mutationOptions());
  const { environment, mirror } = view;
  const form = useForm<Values>({ values: valuesOf(mirror) });
  const values = form.watch();
  async function send({ to, share, strip }: Values) {
    const wanted = to === nowhere ? null : { to, share: shareOf(share), strip: namesOf(strip) };
    try {
      await set.mutateAsync({ slug, environmentSlug: environment.slug, mirror: wanted });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    toast.success("Saved.", { description: hintOf(values, environment.name, targets) });
    await queryClient.invalidateQueries(trpc.services.get.queryFilter({ slug }));
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label={`Where requests to ${environment.name} are copied to`}
      footer={
        <Button
          type="submit"
          loading={set.isPending}
          refusal={refusal ?? (isSame(values, valuesOf(mirror)) ? "Nothing has changed." : null)}
        >
          {values.to === nowhere ? `Mirror nothing of ${environment.name}` : `Mirror ${environment.name}`}
        </Button>
      }
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          label={`Copy requests to ${environment.name} to`}
          hint={hintOf(values, environment.name, targets)}
        >
          <Select
            options={[
              { value: nowhere, label: "Nowhere" },
              ...targets.map(({ slug, name }) => ({ value: slug, label: name })),
            ]}
            value={values.to}
            disabled={refusal !== null}
            onValueChange={(value) => form.setValue("to", value)}
          />
        </Field>
        {values.to !== nowhere && (
          <>
            <TextField
              form={form}
              name="share"
              label="Share in percent"
              inputMode="decimal"
              disabled={refusal !== null}
              rules={{ validate: (text) => shareRule(shareOf(text)) }}
              hint="Of GET and HEAD requests without a body. Answers are thrown away."
            />
            <TextField
              form={form}
              name="strip"
              label="Leave out headers"
              optional
              mono
              placeholder="x-api-key, x-csrf-token"
              disabled={refusal !== null}
              rules={{ validate: (text) => stripRule(namesOf(text)) }}
              hint={`Always left out: ${neverCopied.join(", ")}. Addresses are copied with all that stands in them.`}
            />
          </>
        )}
      </div>
    </Form>
  );
}

function valuesOf(mirror: MirrorView | null): Values {
  if (mirror === null) return { to: nowhere, share: "10", strip: "" };
  return { to: mirror.to.slug, share: percentText(mirror.share), strip: mirror.strip.join(", ") };
}

function isSame(one: Values, other: Values): boolean {
  if (one.to !== other.to) return false;
  return one.to === nowhere || (one.share.trim() === other.share && one.strip.trim() === other.strip);
}

const shareOf = (percent: string) => (percent.trim() === "" ? Number.NaN : Number(percent.trim()) / 100);

function namesOf(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}

function hintOf({ to, share }: Values, from: string, targets: MirrorFormProps["targets"]): string {
  const name = targets.find(({ slug }) => slug === to)?.name;
  if (name === undefined) return `Requests to ${from} go to ${from} only.`;
  const percent = shareOf(share);
  return Number.isFinite(percent)
    ? `${name} is sent ${shareText(percent)} of the reading requests, too. Whatever it does with them, ${from} does not notice.`
    : `${name} is sent a share of the reading requests, too.`;
}
