/** Where to go after signing in: a path of this portal, never another site. */
export function safeReturnPath(wanted: string | null | undefined): string {
  if (wanted === null || wanted === undefined || !wanted.startsWith("/")) return "/";
  // A browser reads `//host`, `/\host` and a tab or line break inside them as another site.
  if (/^\/[/\\]/.test(wanted) || /[\\\p{Cc}]/u.test(wanted)) return "/";
  const url = new URL(wanted, "http://portal.invalid");
  // `/a/..//host` becomes `//host` only once the dots are resolved.
  if (url.host !== "portal.invalid" || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
