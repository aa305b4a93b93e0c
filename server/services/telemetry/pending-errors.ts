import type { ErrorSighting } from "#server/domain/error-sighting.ts";
import { asOther } from "./store-errors.ts";

/** While the database is away: kinds beyond these are told apart no more. */
const mostKinds = 2_000;
const mostOfBatch = 500;

/** Errors that were told of and are not stored yet, those of one kind, release and minute put together. */
export class PendingErrors {
  private readonly pending = new Map<string, ErrorSighting>();

  get isEmpty(): boolean {
    return this.pending.size === 0;
  }

  add(errors: readonly ErrorSighting[]): void {
    for (const error of errors) {
      const isFull = this.pending.size >= mostKinds && !this.pending.has(keyOf(error));
      this.merge(isFull ? asOther(error) : error);
    }
  }

  take(): ErrorSighting[] {
    const taken = [...this.pending].slice(0, mostOfBatch);
    for (const [key] of taken) this.pending.delete(key);
    return taken.map(([, error]) => error);
  }

  private merge(error: ErrorSighting): void {
    const known = this.pending.get(keyOf(error));
    if (known === undefined) this.pending.set(keyOf(error), { ...error });
    else known.count += error.count;
  }
}

function keyOf({ serviceEnvironmentId, releaseId, source, fingerprint, beginsAt }: ErrorSighting): string {
  return `${serviceEnvironmentId} ${releaseId} ${source} ${fingerprint} ${beginsAt - (beginsAt % 60)}`;
}
