import type { ReactNode } from "react";
import { Mark } from "#components/frame/mark.tsx";

export type AccountPageProps = { title: string; description?: ReactNode; children: ReactNode };

/** A quiet page with one thing to do, for whoever is not signed in. */
export function AccountPage({ title, description, children }: AccountPageProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-5 pt-[14vh] pb-10">
      <div className="flex w-full max-w-88 flex-col gap-7">
        <header className="flex flex-col gap-5">
          <p className="flex items-center gap-2 font-semibold">
            <Mark className="size-6" />
            Anytime
          </p>
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
