import type { ReactNode } from "react";

export type StandalonePageProps = {
  icon?: ReactNode;
  title: ReactNode;
  children: ReactNode;
  actions?: ReactNode;
};

/** One thing to say in the middle of the page, where there is nothing else to show. */
export function StandalonePage({ icon, title, children, actions }: StandalonePageProps) {
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-md flex-col items-start justify-center gap-2 px-6">
      {icon !== undefined && (
        <span aria-hidden className="text-faint [&_svg]:size-7 [&_svg]:stroke-[1.5]">
          {icon}
        </span>
      )}
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      <div className="text-pretty text-muted">{children}</div>
      {actions !== undefined && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
    </main>
  );
}
