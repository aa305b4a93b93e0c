import { Sparkles } from "lucide-react";
import { Status } from "#components/ui/status.tsx";
import type { CalmStreak } from "#server/domain/insights.ts";
import { dayText } from "./period-words.ts";

/** Fewer in a row are no streak. */
const leastCalm = 3;

/** `12 calm deploys in a row, since 3 Nov 2025`; nothing for a short streak. */
export function CalmLine({ calm }: { calm: CalmStreak }) {
  const { deployments, sinceDay } = calm;
  if (deployments < leastCalm) return null;
  return (
    <p className="text-sm">
      <Status
        tone="recovered"
        icon={<Sparkles />}
        word={`${deployments.toLocaleString("en")} calm deploys in a row`}
      />
      {sinceDay !== null && <span className="text-muted"> since {dayText(sinceDay)}</span>}
    </p>
  );
}
