import type { ReactNode } from "react";

/** What a row is called, and below that what tells it apart. Leaves room for the row's menu on a phone. */
export function NameCell({ name, detail }: { name: ReactNode; detail?: ReactNode }) {
  return (
    <span className="flex min-w-0 flex-col py-1 max-sm:pr-10">
      <span className="font-medium wrap-anywhere">{name}</span>
      {detail !== undefined && <span className="text-muted text-xs wrap-anywhere">{detail}</span>}
    </span>
  );
}
