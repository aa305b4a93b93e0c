import { paths } from "#components/paths.ts";

/** The session has ended: sign in, then come back to this very page. */
export function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}${window.location.hash}`;
  if (window.location.pathname === paths.signIn()) return;
  window.location.assign(paths.signIn(here));
}
