/** Whole lines, each with its line feed. */
export interface Lines {
  bytes: Uint8Array;
  count: number;
}

/** Beyond this a line goes on in the next one, so that one endless line cannot fill the memory. */
const longestLineBytes = 16 * 1024;
const cutMark = Buffer.from(" [anytime: this line goes on below]");
const lineFeed = 10;
const carriageReturn = 13;
const nothing = new Uint8Array(0);

/**
 * Makes lines of raw output without a look at what its bytes mean. Of a progress line that overwrites itself by carriage
 * returns only the last state is kept, as a terminal would show it.
 */
export class LineSplitter {
  #rest: Uint8Array = nothing;

  push(chunk: Uint8Array): Lines {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    const bytes = end === 0 ? nothing : joined(this.#rest, chunk.subarray(0, end));
    const rest = end === 0 ? joined(this.#rest, chunk) : chunk.subarray(end);
    const lines = [wholeLines(bytes)];
    let kept = withoutOverwritten(rest);
    while (kept.length > longestLineBytes) {
      const head = kept.subarray(0, cutBefore(kept));
      lines.push({ bytes: joined(head, cutMark, [lineFeed]), count: 1 });
      kept = kept.subarray(head.length);
    }
    // A copy: what was pushed may be large, and is its owner's.
    this.#rest = kept.slice();
    return together(lines);
  }

  /** The last line, where it had no line feed. */
  end(): Lines {
    const last = lastState(this.#rest);
    this.#rest = nothing;
    return last.length === 0 ? { bytes: nothing, count: 0 } : together(piecesOf(last));
  }
}

/** `bytes` end with a line feed, or are none. */
function wholeLines(bytes: Uint8Array): Lines {
  const count = bytes.includes(carriageReturn) ? null : countOfShort(bytes);
  if (count !== null) return { bytes, count };
  const pieces: Lines[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, from);
    pieces.push(...piecesOf(lastState(bytes.subarray(from, end))));
    from = end + 1;
  }
  return together(pieces);
}

/** How many lines there are; null where one is too long. */
function countOfShort(bytes: Uint8Array): number | null {
  let count = 0;
  for (let from = 0; from < bytes.length; count += 1) {
    const end = bytes.indexOf(lineFeed, from);
    if (end - from > longestLineBytes) return null;
    from = end + 1;
  }
  return count;
}

function lastState(line: Uint8Array): Uint8Array {
  let end = line.length;
  while (end > 0 && line[end - 1] === carriageReturn) end -= 1;
  const ended = line.subarray(0, end);
  return ended.subarray(ended.lastIndexOf(carriageReturn) + 1);
}

/** Drops what a carriage return has overwritten already; one at the very end may still belong to a line feed. */
function withoutOverwritten(rest: Uint8Array): Uint8Array {
  if (!rest.includes(carriageReturn)) return rest;
  return rest.at(-1) === carriageReturn ? joined(lastState(rest), [carriageReturn]) : lastState(rest);
}

function piecesOf(line: Uint8Array): Lines[] {
  const pieces: Lines[] = [];
  let left = line;
  for (; left.length > longestLineBytes; left = left.subarray(cutBefore(left))) {
    pieces.push({ bytes: joined(left.subarray(0, cutBefore(left)), cutMark, [lineFeed]), count: 1 });
  }
  return [...pieces, { bytes: joined(left, [lineFeed]), count: 1 }];
}

/** Not amid a character of UTF-8. */
function cutBefore(line: Uint8Array): number {
  let at = longestLineBytes;
  while (at > longestLineBytes - 4 && ((line[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

function together(lines: readonly Lines[]): Lines {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return only;
  return {
    bytes: Buffer.concat(lines.map(({ bytes }) => bytes)),
    count: lines.reduce((sum, { count }) => sum + count, 0),
  };
}

function joined(...parts: (Uint8Array | number[])[]): Uint8Array {
  const [first, second] = parts;
  if (parts.length === 2 && first?.length === 0 && second instanceof Uint8Array) return second;
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.from(part))));
}
