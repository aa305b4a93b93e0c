"use client";
import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { wrappingClass } from "./button-class.ts";
import { backdropClass } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

export type ConfirmDialogProps = {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  trigger?: ReactElement;
  title: ReactNode;
  /** What will be gone, and what stays. */
  description: ReactNode;
  /** Names the act and its object: `Remove the tour`. */
  confirmLabel: string;
  /** The way back. */
  keepLabel?: string;
  onConfirm: () => void;
  loading?: boolean;
  /** Has to be typed first, e.g. the slug of a service. */
  typeToConfirm?: string;
};

/** Only for what cannot be undone. */
export function ConfirmDialog({ trigger, typeToConfirm, ...props }: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const isReady = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  return (
    <Base.Root open={props.open} onOpenChange={(open) => props.onOpenChange?.(open)}>
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup className="fixed top-[20vh] left-1/2 z-50 flex w-104 max-w-[calc(100vw-2rem)] -translate-x-1/2 flex-col gap-3 rounded-xl bg-surface p-5 text-ink shadow-lift outline-none transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Base.Title className="font-semibold text-lg">{props.title}</Base.Title>
          <Base.Description className="text-muted">{props.description}</Base.Description>
          {typeToConfirm !== undefined && (
            <Field label={`Type ${typeToConfirm} to confirm`}>
              <Input
                mono
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
              />
            </Field>
          )}
          <div className="mt-2 flex flex-wrap justify-end gap-2">
            <Base.Close render={<Button className={wrappingClass}>{props.keepLabel ?? "Keep it"}</Button>} />
            <Button
              variant="danger"
              className={wrappingClass}
              disabled={!isReady}
              loading={props.loading}
              onClick={props.onConfirm}
            >
              {props.confirmLabel}
            </Button>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
