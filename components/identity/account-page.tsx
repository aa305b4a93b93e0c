import type { ReactNode } from "react";

export type AccountPageProps = { title: string; description?: ReactNode; children: ReactNode };

/** A quiet page with one thing to do, for whoever is not signed in. */
export function AccountPage({ title, description, children }: AccountPageProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-5 pt-[14vh] pb-10">
      <div className="flex w-full max-w-88 flex-col gap-7">
        <header className="flex flex-col gap-5">
          <Wordmark />
          <div className="flex flex-col gap-1">
            <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
            {description !== undefined && <p className="text-pretty text-muted">{description}</p>}
          </div>
        </header>
        {children}
      </div>
    </main>
  );
}

/** The two pools, one taking over from the other. */
function Wordmark() {
  return (
    <p className="flex items-center gap-2.5 font-semibold">
      <svg viewBox="0 0 30 18" aria-hidden="true" className="h-4.5 w-7.5">
        <circle cx="9" cy="9" r="7" className="fill-none stroke-2 stroke-pool-blue" />
        <circle cx="20" cy="9" r="8" className="fill-pool-green" />
      </svg>
      Anytime
    </p>
  );
}
