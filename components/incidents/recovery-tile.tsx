import { clsx } from "clsx";
import { Trophy } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RecoveriesPage } from "#server/api/types.ts";
import { formatDurationMs } from "#server/domain/durations.ts";
import { mitigationWords, timesOf } from "#server/domain/incident.ts";
import { feltText, fixersOf, namesText } from "#server/domain/recovery-card.ts";
import { placeOf } from "./incident-words.ts";
import { RecoveryThanks } from "./recovery-thanks.tsx";

export type RecoveryTileProps = {
  card: RecoveriesPage["cards"][number];
  /** What it stands out by. */
  highlights: readonly string[];
  /** For reading from across the room. */
  isLarge: boolean;
};

/** A recovery: the time large, how, by whom, and thanks. */
export function RecoveryTile({ card, highlights, isLarge }: RecoveryTileProps) {
  const { incident, badges, thanks, spottedBy } = card;
  const { recoverMs } = timesOf(incident);
  const fixers = fixersOf(incident.fix);
  const felt = feltText(incident);
  const number = incident.fix?.releaseNumber ?? null;
  return (
    <li className="flex flex-col gap-2 rounded-lg bg-recovered-soft/60 px-5 py-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link href={paths.incident(incident.id)} className="font-medium hover:underline">
          {placeOf(incident)}
        </Link>
        {highlights.map((name) => (
          <Badge key={name} tone="recovered">
            <Trophy aria-hidden className="size-3" />
            {name}
          </Badge>
        ))}
      </div>
      <p className={clsx("font-semibold text-recovered tracking-tight", isLarge ? "text-6xl" : "text-3xl")}>
        {recoverMs === null ? "–" : formatDurationMs(recoverMs)}
      </p>
      <p className={clsx("wrap-anywhere", isLarge && "text-xl")}>
        {incident.mitigation !== null && incident.mitigation !== "person" && (
          <span className="first-letter:uppercase">
            {mitigationWords[incident.mitigation]}
            {number !== null && ` to #${number}`}
            {fixers.length > 0 && ` by ${namesText(fixers)}`}
            {"; "}
          </span>
        )}
        {felt}
        {spottedBy !== null && `; spotted first by ${spottedBy}`}.
      </p>
      {incident.recoveredAt !== null && <Time at={incident.recoveredAt} className="text-muted text-sm" />}
      <RecoveryThanks incidentId={incident.id} badges={badges} thanks={thanks} />
    </li>
  );
}
