import type { ReactNode } from "react";

/** Fields beside each other, as many as there is room for. */
export function FieldGroup({ children }: { children: ReactNode }) {
  return <div className="grid gap-5 sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]">{children}</div>;
}
