import type { ReactNode } from "react";

/** How exactly something is counted, for whoever wants to know. */
export function Definition({
  title = "How this is counted",
  children,
}: {
  title?: string;
  children: ReactNode;
}) {
  return (
    <details className="text-sm">
      <summary className="w-fit cursor-pointer py-0.5 text-muted">{title}</summary>
      <p className="max-w-prose py-1 text-muted">{children}</p>
    </details>
  );
}
