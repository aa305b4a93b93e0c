import { clsx } from "clsx";
import { CircleCheck, CircleDashed, CircleX, LoaderCircle, TriangleAlert, Trophy } from "lucide-react";
import type { ReactNode } from "react";
import { type Tone, toneSoft, toneText } from "./tone.ts";

const icons: Record<Tone, ReactNode> = {
  waiting: <CircleDashed />,
  running: <LoaderCircle />,
  live: <CircleCheck />,
  attention: <TriangleAlert />,
  failed: <CircleX />,
  recovered: <Trophy />,
};

export type StatusProps = {
  tone: Tone;
  /** Always shown: a hue alone says nothing to some. */
  word: ReactNode;
  /** Instead of the tone's own icon. */
  icon?: ReactNode;
  /** `soft` puts it on a tinted ground, for where it is the headline. */
  look?: "plain" | "soft";
  className?: string;
};

/** Icon, word and hue of a state. The icon turns while something runs. */
export function Status({ tone, word, icon, look = "plain", className }: StatusProps) {
  return (
    <span
      className={clsx(
        "inline-flex items-center gap-1.5 whitespace-nowrap align-bottom font-medium",
        look === "soft" ? ["h-6 rounded-md px-2 text-sm", toneSoft[tone]] : toneText[tone],
        className,
      )}
    >
      <span
        aria-hidden
        className={clsx(
          "inline-flex [&_svg]:size-[1.1em] [&_svg]:stroke-[2.25]",
          tone === "running" && icon === undefined && "animate-spin [animation-duration:1.4s]",
        )}
      >
        {icon ?? icons[tone]}
      </span>
      {word}
    </span>
  );
}
