import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { Parser, type ReadEntry, Unpack } from "tar";
import { StepError } from "#server/kernel/errors.ts";
import { artifactFile } from "./artifact-file.ts";
import { linkStaysInside } from "./collect-files.ts";

/**
 * Unpacks an artifact into `folder`, which is made or must be empty. The digest and every entry are verified before
 * anything is written; a path or link that leads out of the folder, or a device, is refused. Throws StepError.
 */
export async function unpackArtifact(input: {
  digest: string;
  artifactsFolder: string;
  folder: string;
}): Promise<void> {
  const file = artifactFile(input.artifactsFolder, input.digest);
  await verifyDigest(file, input.digest);
  await verifyEntries(file);
  await mkdir(input.folder, { recursive: true });
  if ((await readdir(input.folder)).length > 0) throw new Error("The folder to unpack into is not empty.");
  try {
    await pipeline(createReadStream(file), createZstdDecompress(), unpackInto(input.folder));
  } catch (error) {
    for (const name of await readdir(input.folder)) {
      await rm(`${input.folder}/${name}`, { recursive: true, force: true });
    }
    throw error;
  }
}

/** It was made on another machine, or somebody has removed it. */
export class ArtifactMissingError extends StepError {
  override name = "ArtifactMissingError";
  constructor(digest: string) {
    super(`The artifact ${digest.slice(0, 12)} is not in the store.`);
  }
}

async function verifyDigest(file: string, digest: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new ArtifactMissingError(digest);
  }
  if (hash.digest("hex") === digest) return;
  throw new StepError(`The artifact ${digest.slice(0, 12)} is damaged in the store: its SHA-256 is another.`);
}

/** A pass of its own: an entry refused while others are being written would race with the clearing up. */
async function verifyEntries(file: string): Promise<void> {
  const links = new Set<string>();
  let problem: string | null = null;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      problem ??= problemOf(entry, links);
      entry.resume();
    },
  });
  await pipeline(createReadStream(file), createZstdDecompress(), parser);
  if (problem !== null) throw new StepError(`The artifact is refused: ${problem}.`);
}

function unpackInto(folder: string): Unpack {
  return new Unpack({
    cwd: folder,
    strict: true,
    preserveOwner: false,
    onReadEntry: (entry) => {
      // Without the bits that lend a file its owner's rights.
      entry.mode = (entry.mode ?? 0o644) & 0o777;
    },
  });
}

function problemOf(entry: ReadEntry, links: Set<string>): string | null {
  const path = posix.normalize(entry.path).replace(/\/$/, "");
  if (path.startsWith("/") || entry.path.split("/").includes(".."))
    return `${entry.path} leads out of its folder`;
  const parents = path.split("/").slice(0, -1);
  if (parents.some((_, depth) => links.has(parents.slice(0, depth + 1).join("/")))) {
    return `${entry.path} goes through a symbolic link`;
  }
  if (entry.type === "File" || entry.type === "OldFile" || entry.type === "Directory") return null;
  if (entry.type !== "SymbolicLink") return `${entry.path} is a ${entry.type}`;
  links.add(path);
  return linkStaysInside(path, entry.linkpath ?? "/") ? null : `${entry.path} links out of its folder`;
}
