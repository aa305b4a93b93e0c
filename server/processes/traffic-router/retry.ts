/** An instance on the same machine or network that has not taken a connection by then is taken for gone. */
export const connectTimeoutMs = 2_000;

/** Nothing of the request was sent, so any method may go to another instance. */
export function isConnectFailure(error: Error): boolean {
  return "syscall" in error && error.syscall === "connect";
}

const repeatable = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Whether sending it twice has the same effect as once (RFC 9110, 9.2.2); anything else might be done twice. */
export function mayBeRepeated(method: string | undefined): boolean {
  return method !== undefined && repeatable.has(method);
}
