import { clsx } from "clsx";
import type { ReactNode } from "react";

export type DefinitionListProps = {
  items: readonly { term: string; value: ReactNode }[];
  /** `rows`: term left, value right, a hairline between; `columns`: term above value, side by side. */
  layout?: "rows" | "columns";
};

export function DefinitionList({ items, layout = "rows" }: DefinitionListProps) {
  const isRows = layout === "rows";
  return (
    <dl className={clsx(isRows ? "divide-y" : "flex flex-wrap gap-x-8 gap-y-3")}>
      {items.map((item) => (
        <div
          key={item.term}
          className={clsx(
            "min-w-0",
            isRows &&
              "grid items-baseline gap-x-4 py-2 sm:grid-cols-[minmax(6rem,min(11rem,40%))_minmax(0,1fr)]",
          )}
        >
          <dt className={clsx("text-muted", !isRows && "text-sm")}>{item.term}</dt>
          <dd className="min-w-0 wrap-anywhere">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
