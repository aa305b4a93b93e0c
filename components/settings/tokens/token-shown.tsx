"use client";
import { ShownOnce } from "../shown-once.tsx";

export type MadeToken = { id: number; name: string; token: string; expiresAt: string };

/** A new token, with a command that tries it. */
export function TokenShown({ made, onDone }: { made: MadeToken; onDone: () => void }) {
  const { name, token, expiresAt } = made;
  return (
    <ShownOnce
      title={`The token ${name}`}
      what="token"
      advice="Keep it where the machine reads its secrets, and nowhere else."
      codes={[
        { label: "the token", code: token },
        {
          label: "a command that tries it",
          code: `curl -H 'Authorization: Bearer ${token}' ${window.location.origin}/api/v1/whoami`,
        },
      ]}
      expiresAt={expiresAt}
      onDone={onDone}
    />
  );
}
