"use client";
import { Input as Base } from "@base-ui/react/input";
import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { controlClass } from "./control-class.ts";

export type InputProps = Omit<ComponentProps<"input">, "className" | "value" | "defaultValue"> & {
  value?: string | number;
  defaultValue?: string | number;
  /** For slugs, URLs, commands: what a machine reads. */
  mono?: boolean;
  /** Drawn inside, before the text. Decorative. */
  icon?: ReactNode;
  className?: string;
};

export function Input({ mono, icon, className, ...rest }: InputProps) {
  const field = (
    <Base
      {...rest}
      className={clsx(
        controlClass,
        "h-8 px-2.5",
        icon !== undefined && "pl-8",
        mono && "font-mono text-sm",
        rest.readOnly === true && "bg-sunken! text-muted!",
        className,
      )}
    />
  );
  if (icon === undefined) return field;
  return (
    <span className="relative flex w-full">
      <span className="pointer-events-none absolute inset-y-0 left-2.5 z-1 flex items-center text-faint [&_svg]:size-4">
        {icon}
      </span>
      {field}
    </span>
  );
}
