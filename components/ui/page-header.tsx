import type { ReactNode } from "react";
import { Breadcrumbs, type Crumb } from "./breadcrumbs.tsx";

export type PageHeaderProps = {
  title: ReactNode;
  /** Beside the title: a `Status`, a `Badge`. */
  status?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** Only for pages outside the frame: inside it the top bar shows them, by `Crumbs`. */
  crumbs?: readonly Crumb[];
};

/** The page's one h1, what it is, and its main act. */
export function PageHeader({ title, status, description, actions, crumbs }: PageHeaderProps) {
  return (
    <header className="flex flex-col gap-2">
      {crumbs !== undefined && <Breadcrumbs crumbs={crumbs} />}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="font-semibold text-xl tracking-tight wrap-anywhere">{title}</h1>
            {status}
          </div>
          {description !== undefined && <div className="mt-0.5 max-w-prose text-muted">{description}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  );
}
