import { closeSync, fchmodSync, futimesSync, mkdirSync, openSync, symlinkSync, writeSync } from "node:fs";
import { type ArtifactBounds, artifactBounds } from "./artifact-bounds.ts";
import { leadsOut } from "./links-inside.ts";
import { type TarEntry, TarFormatError } from "./tar-format.ts";
import type { TarSink } from "./tar-reader.ts";

/**
 * Writes the entries of a tar into an empty folder, and nothing outside of it: each path is its parents' that were
 * written before as folders, and never one twice. Throws TarFormatError for what is refused.
 */
export class TreeWriter implements TarSink {
  readonly #root: string;
  readonly #bounds: ArtifactBounds;
  readonly #folders = new Set([""]);
  readonly #links = new Map<string, string>();
  readonly #umask = process.umask();
  #entries = 0;
  #bytes = 0;
  #file: { descriptor: number; mtime: number } | null = null;

  constructor(root: string, bounds = artifactBounds) {
    this.#root = root;
    this.#bounds = bounds;
  }

  entry(entry: TarEntry): void {
    this.#judge(entry);
    const place = `${this.#root}/${entry.path}`;
    if (entry.type === "file") this.#open(place, entry);
    else this.#make(place, entry);
  }

  content(piece: Buffer): void {
    if (this.#file === null) return;
    for (let at = 0; at < piece.length; )
      at += writeSync(this.#file.descriptor, piece, at, piece.length - at);
  }

  endOfFile(): void {
    if (this.#file === null) return;
    const { descriptor, mtime } = this.#file;
    if (mtime > 0) futimesSync(descriptor, mtime, mtime);
    this.close();
  }

  /** Whatever is still open, when reading has failed. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file.descriptor);
    this.#file = null;
  }

  /** Links may lead through links that come after them: only the whole tells. */
  finish(): void {
    for (const path of this.#links.keys()) {
      if (leadsOut(this.#links, path)) throw new TarFormatError(`${path} links out of its folder`);
    }
  }

  #make(place: string, { path, type, target, mode }: TarEntry): void {
    if (path === "" && type === "folder") return;
    try {
      if (type === "folder") {
        mkdirSync(place, mode & 0o777);
        this.#folders.add(path);
      } else {
        symlinkSync(target, place);
        this.#links.set(path, target);
      }
    } catch (error) {
      throw refusal(error, path);
    }
  }

  #open(place: string, { path, mode, mtime }: TarEntry): void {
    const wanted = mode & 0o777;
    try {
      this.#file = { descriptor: openSync(place, "wx", wanted), mtime };
    } catch (error) {
      throw refusal(error, path);
    }
    if ((wanted & this.#umask) !== 0) fchmodSync(this.#file.descriptor, wanted);
  }

  #judge({ path, type, mode, size, target }: TarEntry): void {
    const { entries, bytes, nameBytes } = this.#bounds;
    this.#entries += 1;
    this.#bytes += size;
    if (this.#entries > entries) throw new TarFormatError(`it has more than ${entries} files and folders`);
    if (this.#bytes > bytes) throw new TarFormatError(`its files are larger than ${bytes} bytes together`);
    if (Buffer.byteLength(path) > nameBytes || Buffer.byteLength(target) > nameBytes) {
      throw new TarFormatError(`a name is longer than ${nameBytes} bytes`);
    }
    if ((mode & 0o7000) !== 0) throw new TarFormatError(`${path} would lend its owner's rights`);
    if (type === "link" && (target === "" || target.includes("\0"))) {
      throw new TarFormatError(`${path} links nowhere`);
    }
    if (path === "" && type === "folder") return;
    if (path.includes("\0") || path.split("/").some((part) => part === "" || part === "." || part === "..")) {
      throw new TarFormatError(`${path} leads out of its folder`);
    }
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (this.#folders.has(parent)) return;
    throw new TarFormatError(`${path} lies in ${parent}, which is no folder of it`);
  }
}

function refusal(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EEXIST") return new TarFormatError(`${path} is there twice`);
  return code === "ENAMETOOLONG" ? new TarFormatError(`${path} is too long a name`) : error;
}
