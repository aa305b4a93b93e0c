import { contentSecurityPolicy } from "./content-security.ts";

/** What every answer of the portal carries, also those that Node's parser would give. */
export function securityHeaders(options: {
  nonce: string;
  portalUrl: string;
  isDevelopment: boolean;
}): Record<string, string> {
  const { nonce, portalUrl } = options;
  return {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": contentSecurityPolicy(nonce, options),
    "Cross-Origin-Opener-Policy": "same-origin",
    ...(portalUrl.startsWith("https:") ? { "Strict-Transport-Security": "max-age=31536000" } : {}),
  };
}
