"use client";
import { Field as Base } from "@base-ui/react/field";
import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { controlClass } from "./control-class.ts";

export type TextareaProps = Omit<ComponentProps<"textarea">, "className" | "value" | "defaultValue"> & {
  value?: string;
  defaultValue?: string;
  mono?: boolean;
  className?: string;
};

/** Grows with its text; `rows` is the least it shows. */
export function Textarea({ mono, rows = 3, className, value, defaultValue, ...rest }: TextareaProps) {
  return (
    <Base.Control
      value={value}
      defaultValue={defaultValue}
      render={
        <textarea
          {...rest}
          rows={rows}
          className={clsx(
            controlClass,
            "block field-sizing-content max-h-96 resize-y px-2.5 py-1.5",
            mono && "font-mono text-sm",
            className,
          )}
        />
      }
    />
  );
}
