import { messageOf } from "#server/kernel/errors.ts";
import { StoreError } from "./artifact-store.ts";

interface Failure {
  name: string;
  status: number | null;
  code: string | null;
}

export function isMissingObject(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return name === "NoSuchKey" || (name === "NotFound" && status === 404);
}

export function isNotOffered(error: unknown): boolean {
  return failureOf(error).status === 501;
}

/** What a bucket's failure means and what to do about it; an abort stays what it is. */
export function storeError(error: unknown, what: string): unknown {
  if (error instanceof StoreError || failureOf(error).name === "AbortError") return error;
  return new StoreError(`${what}: ${reasonOf(error)}`, { cause: error });
}

function reasonOf(error: unknown): string {
  const { name, status, code } = failureOf(error);
  if (name === "NoSuchBucket")
    return "there is no such bucket. Make it, or set ANYTIME_S3_BUCKET to another.";
  if (name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed") {
    return "the bucket lies in another region. Set ANYTIME_S3_REGION.";
  }
  if (status === 401 || status === 403) {
    return (
      "access is refused. Check ANYTIME_S3_ACCESS_KEY_ID and ANYTIME_S3_SECRET_ACCESS_KEY, and that they may read, " +
      "write, list and delete there. Then deploy again."
    );
  }
  if (status === null) {
    const why = code ?? messageOf(error);
    return `it cannot be reached (${why}). Check ANYTIME_S3_ENDPOINT and the network, then deploy again.`;
  }
  return `it answers ${status} ${name}. Look at its own log, then deploy again.`;
}

function failureOf(error: unknown): Failure {
  const { name, $metadata, code, $response } = Object(error) as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? null;
  return { name: name ?? "", status, code: code ?? null };
}
