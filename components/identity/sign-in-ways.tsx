import { Callout } from "#components/ui/callout.tsx";
import { OrLine, type Provider, ProviderButtons } from "./provider-buttons.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export type SignInWaysProps = {
  /** A path of this portal, checked already. */
  returnTo: string;
  providers: readonly Provider[];
  /** Why signing in by a provider did not work. */
  problem: string | null;
};

/** Every way in: whoever the installation trusts first, since then nobody needs a password here. */
export function SignInWays({ returnTo, providers, problem }: SignInWaysProps) {
  return (
    <div className="flex flex-col gap-6">
      {problem !== null && (
        <Callout tone="failed" role="alert">
          {problem}
        </Callout>
      )}
      {providers.length > 0 && (
        <>
          <ProviderButtons providers={providers} act="Sign in with" returnTo={returnTo} />
          <OrLine />
        </>
      )}
      <SignInForm returnTo={returnTo} />
      <p className="text-muted text-sm">
        Forgot your password? An administrator makes you a link that sets a new one.
      </p>
    </div>
  );
}
