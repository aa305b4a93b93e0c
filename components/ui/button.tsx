"use client";
import { Button as Base } from "@base-ui/react/button";
import { type ComponentProps, type ReactNode, useId } from "react";
import { type ButtonSize, type ButtonVariant, buttonClass } from "./button-class.ts";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

export type ButtonProps = Omit<ComponentProps<"button">, "className"> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
  /** Shows a spinner, keeps the focus and ignores clicks. */
  loading?: boolean;
  /** Why it cannot be done now, in words: greys the button out and is shown and read with it. */
  refusal?: string | null;
  className?: string;
};

export function Button({ refusal, ...props }: ButtonProps) {
  const reasonId = useId();
  if (refusal === undefined || refusal === null) return <PlainButton {...props} />;
  return (
    <>
      <Tooltip content={refusal}>
        <PlainButton {...props} disabled aria-describedby={reasonId} />
      </Tooltip>
      <span id={reasonId} className="sr-only">
        {refusal}
      </span>
    </>
  );
}

function PlainButton({ variant, size, icon, loading, disabled, className, children, ...rest }: ButtonProps) {
  return (
    <Base
      type="button"
      {...rest}
      disabled={disabled === true || loading === true}
      focusableWhenDisabled
      aria-busy={loading === true ? true : undefined}
      className={buttonClass({ variant, size, className })}
    >
      {loading === true ? <Spinner /> : icon}
      {children}
    </Base>
  );
}
