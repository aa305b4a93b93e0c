import { clsx } from "clsx";
import type { ReactNode } from "react";

export type PanelProps = {
  children: ReactNode;
  /** Draws a hairline between the children. */
  divided?: boolean;
  className?: string;
};

/** Things that belong together between two hairlines: no box, no shadow. */
export function Panel({ children, divided, className }: PanelProps) {
  return <div className={clsx("border-y", divided === true && "divide-y", className)}>{children}</div>;
}
