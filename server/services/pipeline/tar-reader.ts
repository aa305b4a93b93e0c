import {
  blockBytes,
  decodeHeader,
  decodePax,
  padding,
  type TarEntry,
  TarFormatError,
  type TarHeader,
} from "./tar-format.ts";

/** What is told of a tar while it is read: each entry, a file's content in pieces, and its end. */
export interface TarSink {
  entry(entry: TarEntry): void;
  content(piece: Buffer): void;
  endOfFile(): void;
}

type Part = "header" | "pax" | "content" | "padding" | "over";

const mostPaxBytes = 64 * 1024;

/** Reads a tar piece by piece. Throws TarFormatError for what is none, and for entries that no artifact has. */
export class TarReader {
  readonly #sink: TarSink;
  /** A header or PAX body that a piece has cut. */
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #part: Part = "header";
  /** Of the part that is being read. */
  #left = blockBytes;
  #size = 0;
  #pax: ReturnType<typeof decodePax> = {};

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  write(piece: Buffer): void {
    for (let at = 0; at < piece.length && this.#part !== "over"; ) {
      const taken = piece.subarray(at, at + this.#left);
      at += taken.length;
      this.#left -= taken.length;
      if (this.#part === "content") this.#sink.content(taken);
      else if (this.#part !== "padding") this.#keep(taken);
      if (this.#left === 0) this.#next();
    }
  }

  /** Throws where the tar has not come to its end. */
  end(): void {
    if (this.#part !== "over") throw new TarFormatError("it ends too early");
  }

  #keep(piece: Buffer): void {
    this.#kept.push(piece);
    this.#keptBytes += piece.length;
  }

  #takeKept(): Buffer {
    const [first = Buffer.alloc(0)] = this.#kept;
    const whole = this.#kept.length === 1 ? first : Buffer.concat(this.#kept, this.#keptBytes);
    this.#kept.length = 0;
    this.#keptBytes = 0;
    return whole;
  }

  #next(): void {
    if (this.#part === "header") {
      this.#readHeader(this.#takeKept());
      return;
    }
    if (this.#part === "pax") this.#pax = decodePax(this.#takeKept());
    if (this.#part === "content") this.#sink.endOfFile();
    const rest = this.#part === "padding" ? 0 : padding(this.#size);
    if (rest > 0) this.#go("padding", rest);
    else this.#go("header", blockBytes);
  }

  #go(part: Part, bytes: number): void {
    this.#part = part;
    this.#left = bytes;
  }

  #readHeader(block: Buffer): void {
    const header = decodeHeader(block);
    if (header === null) this.#go("over", 0);
    else if (header.type === "x") this.#expectPax(header.size);
    else this.#begin(header);
  }

  #expectPax(size: number): void {
    if (size === 0 || size > mostPaxBytes) throw new TarFormatError("a PAX header is too large");
    this.#size = size;
    this.#go("pax", size);
  }

  #begin(header: TarHeader): void {
    const { path = header.path, linkpath = header.target, size = header.size } = this.#pax;
    this.#pax = {};
    const type = typeOf(header.type, path);
    this.#size = type === "file" ? size : 0;
    this.#sink.entry({
      ...{ path: withoutFrame(path), type, mode: header.mode, mtime: header.mtime },
      ...{ size: this.#size, target: type === "link" ? linkpath : "" },
    });
    if (this.#size > 0) this.#go("content", this.#size);
    else {
      if (type === "file") this.#sink.endOfFile();
      this.#go("header", blockBytes);
    }
  }
}

const typeNames: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "3": "a device",
  "4": "a device",
  "6": "a pipe",
};

function typeOf(character: string, path: string): TarEntry["type"] {
  if (character === "0") return "file";
  if (character === "2") return "link";
  if (character === "5") return "folder";
  throw new TarFormatError(`${path} is ${typeNames[character] ?? "of a kind that no artifact has"}`);
}

/** Tars begin a path with `./` or not, and end a folder's with a slash. */
function withoutFrame(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/$/, "");
}
