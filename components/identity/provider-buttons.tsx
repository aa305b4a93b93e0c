"use client";
import { KeyRound } from "lucide-react";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";

export type Provider = { id: string; name: string };

export type ProviderButtonsProps = {
  providers: readonly Provider[];
  /** `Sign in with`, `Join with`, `Connect`: the name of the provider follows. */
  act: string;
  /** A path of this portal. */
  returnTo: string;
  /** What it is for, where it is not for signing in. */
  intent?: { purpose: "connect" } | { purpose: "join"; token: string };
  size?: "small" | "large";
};

/** One button for each provider that is set up; it leaves the portal and comes back to it. */
export function ProviderButtons({ providers, act, returnTo, intent, size = "large" }: ProviderButtonsProps) {
  const [leaving, setLeaving] = useState<string | null>(null);
  const [isUnreachable, setUnreachable] = useState(false);
  async function leave(provider: string) {
    setLeaving(provider);
    setUnreachable(false);
    try {
      await signIn(provider, { callbackUrl: returnTo, ...intent });
    } catch {
      setLeaving(null);
      setUnreachable(true);
    }
  }
  return (
    <div className="flex flex-col gap-2">
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          size={size}
          icon={size === "large" ? <KeyRound /> : undefined}
          loading={leaving === id}
          onClick={() => void leave(id)}
          className={size === "large" ? "w-full" : "self-start"}
        >
          {act} {name}
        </Button>
      ))}
      {isUnreachable && (
        <Callout tone="failed" role="alert">
          The portal could not be reached. Check the connection and try again.
        </Callout>
      )}
    </div>
  );
}

/** Between a form and another way to do the same. */
export function OrLine() {
  return (
    <p className="flex items-center gap-3 text-muted text-sm before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
      or
    </p>
  );
}
