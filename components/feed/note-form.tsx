"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextareaField, TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import { useAct } from "#components/use-act.ts";
import { draftNote, type Note, type NoteKind, noteKindNames, noteKinds } from "#server/domain/note.ts";
import type { NotePicture } from "#server/domain/picture.ts";
import { NotePreview } from "./note-preview.tsx";
import { PictureField, type PictureState } from "./picture-field.tsx";
import type { KeptPicture } from "./upload-picture.ts";

export type NoteFormProps = {
  slug: string;
  sha: string;
  /** Of the commits that come with it, newest first: a draft is made of them. */
  subjects: readonly string[];
  /** What is on its way to readers now, and its version; null where nobody wrote one. */
  note: (Note & { version: number }) | null;
  onDone: () => void;
};

type Values = {
  kind: NoteKind;
  text: string;
  linkUrl: string;
  picture: KeptPicture | null;
  pictureDescription: string;
};

/** Says to stakeholders what changes for them, beside what they will see. */
export function NoteForm({ slug, sha, subjects, note, onDone }: NoteFormProps) {
  const trpc = useTRPC();
  const write = useMutation(trpc.feed.writeNote.mutationOptions());
  const act = useAct(trpc.feed.pathKey(), trpc.overview.pathKey());
  const form = useForm<Values>({
    defaultValues: {
      kind: note?.kind ?? "better",
      text: note?.text ?? "",
      linkUrl: note?.linkUrl ?? "",
      picture: note?.picture ?? null,
      pictureDescription: note?.picture?.description ?? "",
    },
  });
  const values = form.watch();
  const [pictureState, setPictureState] = useState<PictureState>({ isSending: false, problem: null });
  const draft = draftNote(subjects);
  async function send({ kind, text, linkUrl, picture: kept, pictureDescription }: Values) {
    const picture = kept === null ? null : { id: kept.id, description: pictureDescription };
    const whole = { kind, text, linkUrl: linkUrl || null, picture, version: note?.version ?? 0 };
    try {
      await write.mutateAsync({ serviceSlug: slug, sha, ...whole });
    } catch (error) {
      const problem = requestProblem(error);
      if (problem.field !== "picture") return showFormError(form, problem);
      return setPictureState({ isSending: false, problem: problem.message });
    }
    onDone();
    await act(async () => undefined, text.trim() === "" ? "The note is taken back." : "The note is saved.");
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="Note for stakeholders"
      footer={
        <>
          <Button type="submit" variant="primary" loading={write.isPending || pictureState.isSending}>
            {values.text.trim() === "" && note !== null ? "Take the note back" : "Save the note"}
          </Button>
          <Button variant="quiet" onClick={onDone}>
            Leave it
          </Button>
          {draft !== null && values.text === "" && (
            <Button
              variant="quiet"
              onClick={() => form.reset({ ...values, ...draft }, { keepDefaultValues: true })}
            >
              Draft from the commits
            </Button>
          )}
        </>
      }
    >
      <TextareaField
        form={form}
        name="text"
        label="What changes for users?"
        hint="The first sentence is the title. Markdown: **bold**, lists, links."
        rows={5}
      />
      <div className="grid gap-5 sm:grid-cols-[10rem_minmax(0,1fr)]">
        <Field label="Kind">
          <Select
            options={noteKinds.map((kind) => ({ value: kind, label: noteKindNames[kind] }))}
            value={values.kind}
            onValueChange={(kind) => form.setValue("kind", kind, { shouldDirty: true })}
          />
        </Field>
        <TextField form={form} name="linkUrl" label="Link" optional placeholder="https://" />
      </div>
      <PictureField
        slug={slug}
        picture={values.picture}
        onPicture={(picture) => form.setValue("picture", picture, { shouldDirty: true })}
        state={pictureState}
        onState={setPictureState}
      />
      {values.picture !== null && (
        <TextField
          form={form}
          name="pictureDescription"
          label="What is to be seen?"
          hint="For those who cannot see the picture."
        />
      )}
      <Preview kind={values.kind} text={values.text} picture={shownPicture(values)} />
    </Form>
  );
}

const typedWithinMs = 300;

/** As readers will see it, made by the server a moment after the last key. */
function Preview({ kind, text, picture }: Pick<Values, "kind" | "text"> & { picture: NotePicture | null }) {
  const trpc = useTRPC();
  const { mutate, data } = useMutation(trpc.feed.previewNote.mutationOptions());
  useEffect(() => {
    if (text.trim() === "") return;
    const timer = setTimeout(() => mutate({ text }), typedWithinMs);
    return () => clearTimeout(timer);
  }, [text, mutate]);
  if (text.trim() === "" || data === undefined) return null;
  return <NotePreview kind={kind} rendered={data} picture={picture} />;
}

function shownPicture({ picture, pictureDescription: description }: Values): NotePicture | null {
  return picture === null ? null : { ...picture, description };
}

/** What is written, or that nothing is, and the way to change it. */
export function NoteSection({ slug, sha, subjects }: Pick<NoteFormProps, "slug" | "sha" | "subjects">) {
  const trpc = useTRPC();
  const page = useQuery(trpc.feed.note.queryOptions({ serviceSlug: slug, sha }));
  const session = useQuery(trpc.session.current.queryOptions());
  const [isOpen, setIsOpen] = useState(false);
  if (!page.isSuccess) return null;
  const { note, rendered, isPublic } = page.data;
  const refusal = session.data?.may.deploy === false ? "Engineers write notes." : null;
  if (isOpen) {
    return <NoteForm slug={slug} sha={sha} subjects={subjects} note={note} onDone={() => setIsOpen(false)} />;
  }
  return (
    <div className="flex flex-col items-start gap-3">
      {note === null || rendered === null ? (
        <p className="text-muted">
          No note: {isPublic ? "stakeholders read" : "the feed says"} “Maintenance release”.
        </p>
      ) : (
        <NotePreview
          kind={note.kind}
          rendered={rendered}
          picture={note.picture}
          byName={note.writtenByName}
          at={note.writtenAt}
        />
      )}
      <Button size="small" refusal={refusal} onClick={() => setIsOpen(true)}>
        {rendered === null ? "Write a note" : "Change the note"}
      </Button>
    </div>
  );
}
