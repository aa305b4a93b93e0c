"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { ServicePage } from "#server/api/types.ts";
import type { Byline } from "#server/domain/feed.ts";
import type { Publicity } from "#server/domain/publicity.ts";

const bylineNames: Record<Byline, string> = {
  person: "The person who deployed",
  team: "The team",
  nobody: "Nobody",
};

type PublicityFormProps = { service: ServicePage /** Why nothing can be changed. */; refusal: string | null };
type Values = { byline: Byline; contact: string };

/** What of the service everybody may read. The switch takes effect at once. */
export function PublicityForm({ service, refusal }: PublicityFormProps) {
  const trpc = useTRPC();
  const { slug, publicity } = service;
  const places = useQuery(trpc.feed.places.queryOptions());
  const set = useMutation(trpc.services.setPublicity.mutationOptions());
  const form = useForm<Values>({
    values: { byline: publicity.byline, contact: publicity.contact ?? "" },
  });
  async function save(change: Partial<Publicity>) {
    await set.mutateAsync({ slug, ...publicity, ...change });
    toast.success("Saved.");
  }
  async function show(isPublic: boolean) {
    await save({ isPublic }).catch((error) =>
      toast.error("It was not saved", { description: requestProblem(error).message }),
    );
  }
  async function send(values: Values) {
    await save(values).catch((error) => showFormError(form, requestProblem(error)));
  }
  const shown = places.data?.environments.map(({ name }) => name).join(" and ") ?? "";
  return (
    <div className="flex flex-col gap-5">
      <div className="pt-3">
        <Switch
          label="Show on the public feed"
          hint={`Everybody can read, without signing in, what is released ${
            shown === "" ? "in environments that are shown (none is, at the moment)" : `to ${shown}`
          }: the service’s name, release numbers, notes and times. Never commit messages, logs, hosts or e-mail addresses.`}
          checked={set.isPending ? (set.variables.isPublic ?? publicity.isPublic) : publicity.isPublic}
          disabled={refusal !== null}
          onCheckedChange={(wanted) => void show(wanted)}
        />
      </div>
      {publicity.isPublic && (
        <Form
          form={form}
          onSubmit={send}
          aria-label="What the public feed says"
          footer={
            <>
              <Button
                type="submit"
                loading={set.isPending}
                refusal={refusal ?? (form.formState.isDirty ? null : "Nothing has changed.")}
              >
                Save what the feed says
              </Button>
              <Link href={paths.feed({ service: slug })} className="link">
                Look at its public page
              </Link>
            </>
          }
        >
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="Who is named" hint="Beside what succeeded, and never beside a failure.">
              <Select
                options={Object.entries(bylineNames).map(([value, label]) => ({ value, label }))}
                value={form.watch("byline")}
                onValueChange={(value) => form.setValue("byline", value as Byline, { shouldDirty: true })}
                disabled={refusal !== null}
              />
            </Field>
            <TextField
              form={form}
              name="contact"
              label="Who to talk to"
              optional
              placeholder="#hello on chat"
            />
          </div>
        </Form>
      )}
    </div>
  );
}
