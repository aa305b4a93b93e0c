"use client";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import { Tooltip } from "./tooltip.tsx";
import { useCopied } from "./use-copied.ts";

export type DigestProps = {
  /** Full hexadecimal, with or without `sha256:`. */
  value: string;
  /** A commit shows 7 characters, an artifact 12. */
  kind: "commit" | "artifact";
  className?: string;
};

/** The short form; whole in the tooltip, and copied whole by a click. */
export function Digest({ value, kind, className }: DigestProps) {
  const { copied, copy } = useCopied();
  const hexadecimal = value.replace(/^sha256:/, "");
  const short = hexadecimal.slice(0, kind === "commit" ? 7 : 12);
  return (
    <Tooltip content={<span className="font-mono">{copied ? "Copied" : value}</span>}>
      <button
        type="button"
        aria-label={
          copied
            ? `Copied ${short}`
            : `${short}: copy the ${kind === "commit" ? "commit SHA" : "artifact digest"} ${value}`
        }
        onClick={() => copy(value)}
        className={clsx(
          "-mx-1 inline-flex min-h-6 items-center gap-1 rounded px-1 font-mono text-[0.92em] text-muted transition-colors duration-100 hover:bg-hover hover:text-ink",
          className,
        )}
      >
        {short}
        {copied && <Check aria-hidden className="size-3 text-live" />}
      </button>
    </Tooltip>
  );
}
