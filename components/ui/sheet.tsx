"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { backdropClass } from "./dialog.tsx";
import { IconButton } from "./icon-button.tsx";

export type SheetProps = {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  trigger?: ReactElement;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
};

/** Comes in from the right over the page that it belongs to; full width on a phone. */
export function Sheet({ trigger, children, footer, ...props }: SheetProps) {
  return (
    <Base.Root open={props.open} onOpenChange={(open) => props.onOpenChange?.(open)}>
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup className="fixed inset-y-0 right-0 z-50 flex w-full flex-col bg-surface text-ink shadow-lift outline-none transition-[opacity,translate] duration-200 data-ending-style:translate-x-8 data-ending-style:opacity-0 data-starting-style:translate-x-8 data-starting-style:opacity-0 sm:w-140">
          <header className="border-b pr-14 pl-5 py-3.5">
            <Base.Title className="font-semibold text-lg">{props.title}</Base.Title>
            {props.description !== undefined && (
              <Base.Description className="text-muted">{props.description}</Base.Description>
            )}
          </header>
          <div className="min-h-0 grow overflow-y-auto overscroll-contain px-5 py-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</footer>
          )}
          {/* Last, so that the focus begins in the content. */}
          <Base.Close render={<IconButton label="Close" icon={<X />} className="absolute top-3 right-3" />} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
