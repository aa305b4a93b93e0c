import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { type ReadEntry, Unpack } from "tar";
import { StepError } from "#server/kernel/errors.ts";
import { artifactFile } from "./artifact-file.ts";
import { linkStaysInside } from "./collect-files.ts";

/**
 * Unpacks an artifact into `folder`, which is made or must be empty. The digest is verified before anything is
 * written; a path or link that leads out of the folder, or a device, is refused. Throws StepError, and empties
 * the folder again.
 */
export async function unpackArtifact(input: {
  digest: string;
  artifactsFolder: string;
  folder: string;
}): Promise<void> {
  const file = artifactFile(input.artifactsFolder, input.digest);
  await verify(file, input.digest);
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

async function verify(file: string, digest: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new StepError(`The artifact ${digest.slice(0, 12)} is not in the store. Build the commit again.`);
  }
  if (hash.digest("hex") === digest) return;
  throw new StepError(`The artifact ${digest.slice(0, 12)} is damaged in the store: its SHA-256 is another.`);
}

function unpackInto(folder: string): Unpack {
  const unpack = new Unpack({
    cwd: folder,
    strict: true,
    preserveOwner: false,
    onReadEntry: (entry) => {
      const problem = problemOf(entry);
      if (problem !== null) unpack.abort(new StepError(`The artifact is refused: ${problem}.`));
    },
  });
  return unpack;
}

function problemOf(entry: ReadEntry): string | null {
  const path = entry.path;
  if (path.startsWith("/") || path.split("/").includes("..")) return `${path} leads out of its folder`;
  if (entry.type === "File" || entry.type === "OldFile" || entry.type === "Directory") return null;
  if (entry.type !== "SymbolicLink") return `${path} is a ${entry.type}`;
  return linkStaysInside(path, entry.linkpath ?? "/") ? null : `${path} links out of its folder`;
}
