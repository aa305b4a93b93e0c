"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { clsx } from "clsx";
import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { IconButton } from "./icon-button.tsx";

export type DialogProps = {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** One button that opens it, where the state is not kept outside. */
  trigger?: ReactElement;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  size?: DialogSize;
  /** A click beside it leaves it open: for what is shown only once. */
  isSticky?: boolean;
};

export type DialogSize = "small" | "medium" | "large";
const widths: Record<DialogSize, string> = { small: "sm:w-104", medium: "sm:w-136", large: "sm:w-176" };

export const backdropClass =
  "fixed inset-0 z-40 bg-veil transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0";

/** In the middle of the page; on a phone it rises from the bottom edge. */
export const dialogClass = (size: DialogSize) =>
  clsx(
    "fixed z-50 flex flex-col bg-surface text-ink shadow-lift outline-none transition-[opacity,translate] duration-150",
    "inset-x-0 bottom-0 max-h-[85dvh] rounded-t-xl data-ending-style:opacity-0 data-starting-style:translate-y-3 data-starting-style:opacity-0",
    "sm:inset-x-auto sm:top-[14vh] sm:bottom-auto sm:left-1/2 sm:max-h-[72vh] sm:max-w-[calc(100vw-3rem)] sm:-translate-x-1/2 sm:rounded-xl",
    widths[size],
  );
export const dialogBodyClass = "min-h-0 overflow-y-auto overscroll-contain px-5 pb-5";
export const dialogFooterClass = "flex flex-wrap justify-end gap-2 border-t px-5 py-3";

/** A title, what it means, what is chosen, and below a hairline the act: always in sight, at the end of the line. */
export function Dialog({ trigger, children, footer, size = "medium", ...props }: DialogProps) {
  return (
    <Base.Root
      open={props.open}
      onOpenChange={(open) => props.onOpenChange?.(open)}
      disablePointerDismissal={props.isSticky}
    >
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup className={dialogClass(size)}>
          <header className="pr-14 pl-5 pt-4 pb-3">
            <Base.Title className="font-semibold text-lg wrap-anywhere">{props.title}</Base.Title>
            {props.description !== undefined && (
              <Base.Description className="text-muted">{props.description}</Base.Description>
            )}
          </header>
          {children !== undefined && <div className={dialogBodyClass}>{children}</div>}
          {footer !== undefined && <footer className={dialogFooterClass}>{footer}</footer>}
          {/* Last, so that the focus begins in the content. */}
          <Base.Close
            render={<IconButton label="Close" icon={<X />} className="absolute top-3.5 right-3" />}
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
