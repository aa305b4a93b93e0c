"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { useAct } from "#components/use-act.ts";

export type DismissNoteProps = { slug: string; sha: string /** Of the release. */; name: string };

/** For a release that needs no note. */
export function DismissNote({ slug, sha, name }: DismissNoteProps) {
  const trpc = useTRPC();
  const dismiss = useMutation(trpc.feed.dismissNote.mutationOptions());
  const act = useAct(trpc.overview.pathKey());
  return (
    <Button
      size="small"
      className="sm:-my-1"
      loading={dismiss.isPending}
      onClick={() =>
        void act(
          () => dismiss.mutateAsync({ serviceSlug: slug, sha }),
          `Nobody is asked for a note on ${name} any more.`,
        )
      }
    >
      Nothing changes for users
    </Button>
  );
}
