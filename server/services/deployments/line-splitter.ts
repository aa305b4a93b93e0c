/** Beyond this a line is stored in pieces, so that one endless line cannot fill the memory. */
const longestLine = 16 * 1024;

/**
 * Makes lines of raw output: UTF-8 (replaced where invalid), no NUL. Of a progress line that overwrites itself by
 * carriage returns only the last state is kept, as a terminal would show it.
 */
export class LineSplitter {
  #decoder = new TextDecoder("utf-8");
  #rest = "";

  push(chunk: Uint8Array): string[] {
    return this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The last line, where it had no line feed. */
  end(): string[] {
    const lines = this.#take(this.#decoder.decode());
    const last = lastState(this.#rest);
    this.#rest = "";
    return last === "" ? lines : [...lines, ...pieces(last)];
  }

  #take(text: string): string[] {
    const parts = (this.#rest + text.replaceAll("\0", "")).split("\n");
    this.#rest = withoutOverwritten(parts.pop() ?? "");
    const lines = parts.flatMap((part) => pieces(lastState(part)));
    while (this.#rest.length > longestLine) {
      const [head = ""] = pieces(this.#rest);
      lines.push(head);
      this.#rest = this.#rest.slice(head.length);
    }
    return lines;
  }
}

function lastState(line: string): string {
  const ended = line.replace(/\r+$/, "");
  return ended.slice(ended.lastIndexOf("\r") + 1);
}

/** Drops what a carriage return has overwritten already; one at the very end may still belong to a line feed. */
function withoutOverwritten(rest: string): string {
  const overwritten = rest.lastIndexOf("\r", rest.length - 2);
  return rest.slice(overwritten + 1);
}

function pieces(line: string): string[] {
  if (line.length <= longestLine) return [line];
  const result: string[] = [];
  for (let from = 0; from < line.length; ) {
    const isInsidePair = /[\uD800-\uDBFF]/.test(line.charAt(from + longestLine - 1));
    const to = from + longestLine - (isInsidePair ? 1 : 0);
    result.push(line.slice(from, to));
    from = to;
  }
  return result;
}
