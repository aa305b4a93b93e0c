"use client";
import type { IncidentPage } from "#server/api/types.ts";
import { recoverySentence } from "#server/domain/recovery-card.ts";
import { RecoveryThanks } from "./recovery-thanks.tsx";

/** How it ended, large and gold, with thanks. */
export function RecoveryBanner({ page: { incident, badges, thanks, spottedBy } }: { page: IncidentPage }) {
  const { recoveredAt } = incident;
  if (recoveredAt === null) return null;
  return (
    <section
      aria-label="Recovery"
      className="celebrate flex flex-col gap-3 rounded-lg bg-recovered-soft px-5 py-4 text-recovered"
    >
      <p className="font-semibold text-xl tracking-tight wrap-anywhere">
        {recoverySentence({ ...incident, recoveredAt })}
      </p>
      {spottedBy !== null && <p>Spotted first by {spottedBy}.</p>}
      <RecoveryThanks incidentId={incident.id} badges={badges} thanks={thanks} />
    </section>
  );
}
