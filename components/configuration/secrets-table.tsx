"use client";
import { Ban, Lock, RefreshCw, X } from "lucide-react";
import { useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { setValue, unstoredSecret } from "#server/domain/configuration.ts";
import type { ConfigurationView, SecretView } from "#server/domain/configuration-views.ts";
import { FormerSecrets } from "./former-secrets.tsx";
import { RevokeSecret } from "./revoke-secret.tsx";
import type { Draft } from "./use-draft.ts";

type SecretsTableProps = { view: ConfigurationView; draft: Draft; onReplace: (name: string) => void };

/** Secrets by name, with when and by whom each was set; never what it is. */
export function SecretsTable({ view, draft, onReplace }: SecretsTableProps) {
  const [revoking, setRevoking] = useState<SecretView | null>(null);
  const entries = Object.entries(draft.content.secrets).sort(([one], [other]) => (one < other ? -1 : 1));
  return (
    <>
      <ul aria-label="Secrets" className="divide-y text-sm empty:hidden">
        {entries.map(([name, id]) => (
          <SecretRow
            key={name}
            name={name}
            secret={view.secrets.find((candidate) => candidate.id === id) ?? null}
            isEdited={id === unstoredSecret || setValue(draft.base?.secrets ?? {}, name) !== id}
            onReplace={() => onReplace(name)}
            onRemove={() => draft.change({ secrets: { [name]: null } })}
            onRevoke={setRevoking}
          />
        ))}
      </ul>
      <FormerSecrets view={view} onRevoke={setRevoking} />
      {revoking !== null && <RevokeSecret view={view} secret={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

type SecretRowProps = {
  name: string;
  /** Null where its value is typed and not stored yet. */
  secret: SecretView | null;
  isEdited: boolean;
  onReplace: () => void;
  onRemove: () => void;
  onRevoke: (secret: SecretView) => void;
};

function SecretRow({ name, secret, isEdited, onReplace, onRemove, onRevoke }: SecretRowProps) {
  return (
    <li className="flex items-start justify-between gap-x-4 py-2">
      <div className="min-w-0">
        <p className="font-mono wrap-anywhere">{name}</p>
        <p className="flex flex-wrap items-center gap-x-2 text-muted">
          <span className="inline-flex items-center gap-1.5">
            <Lock aria-hidden className="size-3.5 shrink-0" />
            secret
          </span>
          {secret !== null && (
            <span>
              set by {secret.madeByName}, <Time at={secret.madeAt} />
            </span>
          )}
        </p>
        {secret !== null && secret.revokedAt !== null && (
          <p className="flex flex-wrap items-center gap-x-2 text-muted">
            <Status tone="failed" word="revoked" />
            <span>
              by {secret.revokedByName}, <Time at={secret.revokedAt} />: replace or remove it
            </span>
          </p>
        )}
        {isEdited && <p className="text-attention">edited, not deployed yet</p>}
      </div>
      <div className="whitespace-nowrap">
        <IconButton label={`Replace ${name}`} icon={<RefreshCw />} onClick={onReplace} />
        {secret !== null && secret.revokedAt === null && (
          <IconButton label={`Revoke ${name}`} icon={<Ban />} onClick={() => onRevoke(secret)} />
        )}
        <IconButton label={`Remove ${name}`} icon={<X />} onClick={onRemove} />
      </div>
    </li>
  );
}
