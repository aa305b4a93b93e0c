import type { Readable } from "node:stream";
import { StepError } from "#server/kernel/errors.ts";

/** Where artifacts are kept by their digests: a folder, or a bucket that all machines share. */
export interface ArtifactStore {
  /** In words, for messages. */
  readonly name: string;
  /** May take the file over. Complete or not there, whatever happens meanwhile; one that is there is replaced. */
  put(digest: string, file: string, signal?: AbortSignal): Promise<void>;
  /** Throws UnusableArtifactError where it is not there. */
  open(digest: string, signal?: AbortSignal): Promise<Readable>;
  has(digest: string): Promise<boolean>;
  /** One that is not there is no error. */
  remove(digest: string): Promise<void>;
  list(): AsyncIterable<StoredArtifact>;
  /** Clears away what was begun before this moment and never came to an end. */
  removeUnfinished(before: Date): Promise<void>;
}

export interface StoredArtifact {
  digest: string;
  bytes: number;
  storedAt: Date;
}

/** The store failed, not the artifact: the message names both and says what to do. */
export class StoreError extends StepError {}

/** It is missing or damaged: what needs it is to build it anew. */
export class UnusableArtifactError extends StepError {
  readonly digest: string;
  constructor(digest: string, message: string) {
    super(message);
    this.digest = digest;
  }
}

/** The store has none; another machine's own may. */
export class MissingArtifactError extends UnusableArtifactError {}

export function missing(digest: string, storeName: string, hint = ""): MissingArtifactError {
  return new MissingArtifactError(
    digest,
    `The artifact ${shortDigest(digest)} is not in ${storeName}. ${hint}` +
      "Ask for the deployment again: it builds the commit anew.",
  );
}

export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

/** A digest is 64 hex digits, so it cannot lead out of a folder. */
export function artifactName(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error("An artifact's digest is a SHA-256 in hex.");
  return `${digest}.tar.zst`;
}

/** Null for what is no artifact's name. */
export function digestIn(name: string): string | null {
  return /^([0-9a-f]{64})\.tar\.zst$/.exec(name)?.[1] ?? null;
}
