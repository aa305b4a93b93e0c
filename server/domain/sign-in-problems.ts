/**
 * Why signing in by a provider did not work. The address carries the word on the left and nothing else, so that
 * nobody can make the page say a sentence of their own by a link.
 */
export const signInProblems = {
  "no-invitation":
    "You have no account here yet. Ask an administrator for an invitation, then sign in the same way.",
  "no-group": "None of your groups may use this portal. Ask an administrator to be put into one.",
  "wrong-domain": "Only accounts of this organisation may sign in by Google.",
  "has-left": "This account was closed when its owner left. Ask an administrator to open it again.",
  "no-email":
    "The provider did not say your e-mail address, so no account can be made. Ask for an invitation.",
  "email-unverified":
    "The provider has not verified your e-mail address. Verify it there, or ask an administrator for an invitation.",
  "account-exists":
    "There is an account with your e-mail address. Sign in to it as usual, then connect this provider in Settings.",
  "identity-taken":
    "This account at the provider belongs to somebody else here already. Nothing was changed.",
  "session-changed": "You signed out in between, so nothing was connected. Sign in and try again.",
  "invitation-unusable":
    "This link was used, revoked, or is older than 7 days. Ask an administrator for a new one.",
  // The words of next-auth itself.
  OAuthSignin: "The provider cannot be reached, so nobody was signed in. Try again in a moment.",
  OAuthCallback:
    "The provider's answer was refused: it was cancelled, took too long, or did not belong to this browser. Try again.",
  Callback: "The provider's answer could not be used. Try again; the portal's log says why.",
  AccessDenied: "You are not allowed to sign in.",
  Configuration: "Signing in is not set up right. The portal's log says why.",
  SessionRequired: "Sign in first.",
} as const;

export type SignInProblem = keyof typeof signInProblems;

/** Words for the `error` of a sign-in address; null where there is none. */
export function signInProblemText(code: string | undefined): string | null {
  if (code === undefined || code === "") return null;
  return Object.hasOwn(signInProblems, code)
    ? signInProblems[code as SignInProblem]
    : "Signing in did not work. Try again.";
}
