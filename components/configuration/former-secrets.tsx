"use client";
import { Ban } from "lucide-react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ConfigurationView, SecretView } from "#server/domain/configuration-views.ts";
import { utcText } from "#server/domain/moment-text.ts";

type FormerSecretsProps = { view: ConfigurationView; onRevoke: (secret: SecretView) => void };

/** Values that the newest version does not name and a switch-back may still bring back, until they are revoked. */
export function FormerSecrets({ view, onRevoke }: FormerSecretsProps) {
  const former = view.secrets.filter(
    ({ id, name, revokedAt }) => revokedAt === null && view.newest?.secrets[name] !== id,
  );
  if (former.length === 0) return null;
  return (
    <details className="border-t py-2 text-sm">
      <summary className="cursor-pointer text-muted">
        {former.length === 1 ? "1 former value" : `${former.length} former values`}, which a switch-back may
        bring back
      </summary>
      <ul aria-label="Former values" className="divide-y pt-1">
        {former.toReversed().map((secret) => (
          <li key={secret.id} className="flex items-start justify-between gap-x-4 py-1.5">
            <p className="min-w-0">
              <span className="font-mono wrap-anywhere">{secret.name}</span>{" "}
              <span className="text-muted">
                set by {secret.madeByName}, <Time at={secret.madeAt} />
              </span>
            </p>
            <IconButton
              label={`Revoke the value of ${secret.name} from ${utcText(secret.madeAt)}`}
              icon={<Ban />}
              onClick={() => onRevoke(secret)}
            />
          </li>
        ))}
      </ul>
    </details>
  );
}
