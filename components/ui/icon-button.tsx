"use client";
import { Button as Base } from "@base-ui/react/button";
import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { Tooltip } from "./tooltip.tsx";

export type IconButtonProps = Omit<ComponentProps<"button">, "className" | "children" | "aria-label"> & {
  /** The name of the button; also its tooltip. */
  label: string;
  icon: ReactNode;
  size?: "small" | "medium";
  side?: "top" | "right" | "bottom" | "left";
  /** Shown after the label in the tooltip, e.g. `<Kbd>/</Kbd>`. */
  hint?: ReactNode;
  className?: string;
};

export function IconButton({
  label,
  icon,
  size = "medium",
  side,
  hint,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip side={side} content={hint === undefined ? label : <TooltipWithHint label={label} hint={hint} />}>
      <Base
        type="button"
        {...rest}
        focusableWhenDisabled
        aria-label={label}
        className={clsx(
          "inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100",
          "hover:bg-hover hover:text-ink data-popup-open:bg-hover data-popup-open:text-ink",
          "data-disabled:cursor-not-allowed data-disabled:opacity-55 [&_svg]:size-4",
          size === "small" ? "size-6" : "size-8",
          className,
        )}
      >
        {icon}
      </Base>
    </Tooltip>
  );
}

function TooltipWithHint({ label, hint }: { label: string; hint: ReactNode }) {
  return (
    <span className="flex items-center gap-2">
      {label}
      {hint}
    </span>
  );
}
