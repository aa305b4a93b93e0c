import { clsx } from "clsx";
import { type ReactNode, useId } from "react";

export type SectionProps = {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
};

/** A part of a page with its heading (h2) and a hairline below that, at the same height with actions and without. */
export function Section({ title, description, actions, children, className }: SectionProps) {
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} className={clsx("flex min-w-0 flex-col", className)}>
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-4.5 border-b pb-2">
        <div className="min-w-0">
          <h2 id={headingId} className="font-semibold text-base">
            {title}
          </h2>
          {description !== undefined && <p className="text-muted text-sm">{description}</p>}
        </div>
        {actions !== undefined && <div className="-mt-2.5 flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
