import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "#server/kernel/errors.ts";
import { type ArtifactStore, StoreError, shortDigest } from "./artifact-store.ts";
import { LocalStore } from "./local-store.ts";

/**
 * What a machine has of artifacts: a folder of its own, and the store that all machines share, where one is set. With
 * one, the folder holds copies of what this machine has made or used.
 */
export class ArtifactDepot {
  readonly local: LocalStore;
  readonly shared: ArtifactStore | null;

  constructor(folder: string, shared: ArtifactStore | null = null) {
    this.local = new LocalStore(folder);
    this.shared = shared;
  }

  get name(): string {
    return (this.shared ?? this.local).name;
  }

  /** Keeps a file from `local.incoming()` where every machine that is to run it finds it. */
  async keep(digest: string, file: string, signal?: AbortSignal): Promise<void> {
    if (this.shared !== null && !(await this.shared.has(digest))) await this.shared.put(digest, file, signal);
    await this.local.put(digest, file);
  }

  /** A file with what the store has under the digest, not verified yet; `afresh` past a copy that was damaged. */
  async fetch(
    digest: string,
    options: { signal?: AbortSignal | undefined; afresh?: boolean } = {},
  ): Promise<string> {
    const file = this.local.file(digest);
    const isHere = options.afresh !== true && (await this.local.has(digest));
    if (this.shared === null) {
      if (!isHere) (await this.local.open(digest)).destroy();
      return file;
    }
    if (isHere) return file;
    const incoming = await this.local.incoming();
    try {
      const content = await this.shared.open(digest, options.signal);
      await download(content, incoming, options.signal).catch((error: unknown) => {
        throw interrupted(error, digest, this.name);
      });
      await this.local.put(digest, incoming);
      return file;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  /** Takes away what proved to be damaged. */
  async discard(digest: string): Promise<void> {
    await this.local.remove(digest);
    await this.shared?.remove(digest);
  }
}

function download(content: Readable, file: string, signal: AbortSignal | undefined): Promise<void> {
  return pipeline(content, createWriteStream(file, { flags: "wx", mode: 0o600 }), signal ? { signal } : {});
}

function interrupted(error: unknown, digest: string, storeName: string): unknown {
  if (error instanceof Error && error.name === "AbortError") return error;
  return new StoreError(
    `The artifact ${shortDigest(digest)} could not be fetched whole from ${storeName} (${messageOf(error)}). ` +
      "What came of it is removed. Look at the store, the network and the room on this disk, then deploy again.",
  );
}
