const loopback = /^(?:127\.|::1$|::ffff:127\.)/;

/**
 * Where a request came from. A proxy on this machine is believed when it says so, by the last entry of its
 * `X-Forwarded-For`; nobody else is.
 */
export function clientAddress(socketAddress: string | undefined, forwardedFor: string | undefined): string {
  const direct = socketAddress ?? "unknown";
  if (!loopback.test(direct)) return direct;
  return forwardedFor?.split(",").at(-1)?.trim() || direct;
}
