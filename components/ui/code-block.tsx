import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

export function Code({ children }: { children: ReactNode }) {
  return (
    <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.9em] wrap-anywhere">{children}</code>
  );
}

export type CodeBlockProps = {
  code: string;
  /** Names it for those who cannot see it, and in the copy button. */
  label: string;
};

/** Wraps and never scrolls, so that all of it is read without a pointer. */
export function CodeBlock({ code, label }: CodeBlockProps) {
  return (
    <figure className="group relative rounded-md bg-sunken inset-ring inset-ring-line">
      <figcaption className="sr-only">{label}</figcaption>
      <pre className="whitespace-pre-wrap rounded-md py-2.5 pr-10 pl-3 font-mono text-sm wrap-anywhere">
        {code}
      </pre>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton text={code} label={`Copy ${label}`} />
      </span>
    </figure>
  );
}
