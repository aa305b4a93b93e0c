import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import {
  type ArtifactStore,
  artifactName,
  digestIn,
  missing,
  type StoredArtifact,
} from "./artifact-store.ts";

const unfinishedPrefix = "incoming-";

/** Artifacts in a folder of this machine. */
export class LocalStore implements ArtifactStore {
  readonly name: string;
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.name = `the folder ${folder} on this worker`;
  }

  /** Where a file can be written that `put` then takes over. */
  async incoming(): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    return join(this.folder, `${unfinishedPrefix}${randomUUID()}`);
  }

  file(digest: string): string {
    return join(this.folder, artifactName(digest));
  }

  async put(digest: string, file: string): Promise<void> {
    await rename(file, this.file(digest));
  }

  async open(digest: string): Promise<Readable> {
    return createReadStream("", {
      fd: await open(this.file(digest)).catch((error) => this.#fail(digest, error)),
    });
  }

  async has(digest: string): Promise<boolean> {
    return access(this.file(digest)).then(
      () => true,
      () => false,
    );
  }

  async remove(digest: string): Promise<void> {
    await rm(this.file(digest), { force: true });
  }

  async *list(): AsyncIterable<StoredArtifact> {
    for (const name of await this.#names()) {
      const digest = digestIn(name);
      const found = digest === null ? null : await this.#stat(name);
      if (digest !== null && found !== null) yield { digest, bytes: found.size, storedAt: found.mtime };
    }
  }

  async removeUnfinished(before: Date): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.startsWith(unfinishedPrefix)) continue;
      const found = await this.#stat(name);
      if (found !== null && found.mtime < before) await rm(join(this.folder, name), { force: true });
    }
  }

  async #names(): Promise<string[]> {
    return readdir(this.folder)
      .catch(nullIfGone)
      .then((names) => names ?? []);
  }

  #stat(name: string) {
    return stat(join(this.folder, name)).catch(nullIfGone);
  }

  #fail(digest: string, error: NodeJS.ErrnoException): never {
    if (error.code !== "ENOENT") throw error;
    throw missing(
      digest,
      this.name,
      "Where another machine built it, let all workers share a store (ANYTIME_S3_BUCKET). ",
    );
  }
}

function nullIfGone(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
