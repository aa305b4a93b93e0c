"use client";
import { ImagePlus } from "lucide-react";
import { useId, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { mostPictureSide, pictureTypes } from "#server/domain/picture.ts";
import { type KeptPicture, uploadPicture } from "./upload-picture.ts";

/** Kept by the form: a note that was saved meanwhile would come without its picture. */
export interface PictureState {
  isSending: boolean;
  /** What is wrong with the one that was chosen last. */
  problem: string | null;
}

export type PictureFieldProps = {
  slug: string;
  picture: KeptPicture | null;
  onPicture: (picture: KeptPicture | null) => void;
  state: PictureState;
  onState: (state: PictureState) => void;
};

/** A picture beside the note: sent as soon as it is chosen, shown to readers once the note is saved. */
export function PictureField({ slug, picture, onPicture, state, onState }: PictureFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const hintId = useId();
  async function send(file: File | undefined) {
    if (file === undefined) return;
    onState({ isSending: true, problem: null });
    const answer = await uploadPicture(slug, file);
    const problem = "problem" in answer ? answer.problem : null;
    if (!("problem" in answer)) onPicture(answer);
    onState({ isSending: false, problem });
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
      <span className="flex w-full items-baseline justify-between gap-2">
        <span className="font-medium">Picture</span>
        <span className="text-faint text-sm">Optional</span>
      </span>
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          icon={<ImagePlus />}
          loading={state.isSending}
          onClick={() => input.current?.click()}
        >
          {picture === null ? "Add a picture" : "Choose another picture"}
        </Button>
        {picture !== null && (
          <Button
            size="small"
            variant="quiet"
            onClick={() => {
              onPicture(null);
              onState({ isSending: false, problem: null });
            }}
          >
            Take the picture away
          </Button>
        )}
      </div>
      {state.problem !== null && (
        <p role="alert" className="text-failed text-sm">
          {state.problem}
        </p>
      )}
      <p id={hintId} className="text-muted text-sm">
        PNG, JPEG, WebP or GIF, at most 1 MB and {mostPictureSide.toLocaleString("en")} pixels wide and high.
        What the camera says of it, such as the place, is left out.
      </p>
    </div>
  );
}
