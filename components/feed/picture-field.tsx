"use client";
import { ImagePlus } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { mostPictureSide, pictureTypes } from "#server/domain/picture.ts";
import { type KeptPicture, uploadPicture } from "./upload-picture.ts";

export type PictureFieldProps = {
  slug: string;
  picture: KeptPicture | null;
  problem: string | undefined;
  onPicture: (picture: KeptPicture | null) => void;
  onProblem: (message: string) => void;
};

/** A picture beside the note: sent as soon as it is chosen, shown to readers once the note is saved. */
export function PictureField({ slug, picture, problem, onPicture, onProblem }: PictureFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isSending, setIsSending] = useState(false);
  const hintId = useId();
  async function send(file: File | undefined) {
    if (file === undefined) return;
    setIsSending(true);
    const answer = await uploadPicture(slug, file);
    setIsSending(false);
    if ("problem" in answer) onProblem(answer.problem);
    else onPicture(answer);
  }
  return (
    <div className="flex flex-col items-start gap-1.5">
      <input
        ref={input}
        type="file"
        accept={pictureTypes.join(",")}
        aria-label="Picture"
        aria-describedby={hintId}
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => {
          void send(target.files?.[0]);
          // The same file may be chosen again.
          target.value = "";
        }}
      />
      <div className="flex flex-wrap gap-2">
        <Button size="small" icon={<ImagePlus />} loading={isSending} onClick={() => input.current?.click()}>
          {picture === null ? "Add a picture" : "Choose another picture"}
        </Button>
        {picture !== null && (
          <Button size="small" variant="quiet" onClick={() => onPicture(null)}>
            Take the picture away
          </Button>
        )}
      </div>
      {problem !== undefined && (
        <p role="alert" className="text-failed text-sm">
          {problem}
        </p>
      )}
      <p id={hintId} className="text-muted text-sm">
        PNG, JPEG, WebP or GIF, at most 1 MB and {mostPictureSide.toLocaleString("en")} pixels wide and high.
        What the camera says of it, such as the place, is left out.
      </p>
    </div>
  );
}
