import { clsx } from "clsx";
import { CircleAlert, CircleCheck, Info, OctagonAlert, TriangleAlert, Trophy } from "lucide-react";
import type { ReactNode } from "react";
import { type Tone, toneText } from "./tone.ts";

const edges: Record<Tone, string> = {
  waiting: "border-waiting bg-waiting-soft/60",
  running: "border-running bg-running-soft/60",
  live: "border-live bg-live-soft/60",
  attention: "border-attention bg-attention-soft/60",
  failed: "border-failed bg-failed-soft/60",
  recovered: "border-recovered bg-recovered-soft/60",
};

const icons: Record<Tone, ReactNode> = {
  waiting: <Info />,
  running: <CircleAlert />,
  live: <CircleCheck />,
  attention: <TriangleAlert />,
  failed: <OctagonAlert />,
  recovered: <Trophy />,
};

export type CalloutProps = {
  /** `waiting` informs, `attention` warns, `failed` tells what went wrong. */
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons or links: the way on. */
  actions?: ReactNode;
  /** `alert` where it appears in answer to something. */
  role?: "alert" | "status" | "note";
};

export function Callout({ tone = "waiting", title, children, actions, role = "note" }: CalloutProps) {
  return (
    <div role={role} className={clsx("flex gap-3 rounded-r-md border-l-2 py-2.5 pr-3 pl-3", edges[tone])}>
      <span aria-hidden className={clsx("mt-0.75 [&_svg]:size-4", toneText[tone])}>
        {icons[tone]}
      </span>
      <div className="flex min-w-0 grow flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 max-w-prose wrap-anywhere">
          {title !== undefined && <p className="font-medium">{title}</p>}
          {children !== undefined && (
            <div className={clsx(title !== undefined && "text-muted")}>{children}</div>
          )}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
