"use client";
import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { wrappingClass } from "./button-class.ts";
import { backdropClass, dialogBodyClass, dialogClass, dialogFooterClass } from "./dialog.tsx";
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
  /** The way back, in as many words: `Keep the tour`. */
  keepLabel: string;
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
        <Base.Popup className={dialogClass("small")}>
          <header className="px-5 pt-4 pb-4">
            <Base.Title className="font-semibold text-lg wrap-anywhere">{props.title}</Base.Title>
            <Base.Description className="text-muted wrap-anywhere">{props.description}</Base.Description>
          </header>
          {typeToConfirm !== undefined && (
            <div className={dialogBodyClass}>
              <Field label={`Type ${typeToConfirm} to confirm`}>
                <Input
                  mono
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  autoComplete="off"
                />
              </Field>
            </div>
          )}
          <footer className={dialogFooterClass}>
            <Base.Close render={<Button className={wrappingClass}>{props.keepLabel}</Button>} />
            <Button
              variant="danger"
              className={wrappingClass}
              disabled={!isReady}
              loading={props.loading}
              onClick={props.onConfirm}
            >
              {props.confirmLabel}
            </Button>
          </footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
