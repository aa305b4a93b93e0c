/** Where the output of steps goes: the log of a deployment, or a terminal. */
export interface Output {
  /** Raw output of a command. What it returns is awaited: it holds back a command that prints too fast. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** A line, or several, in the portal's own words. */
  note(text: string): void;
}

/** More than this of a step's output is counted, but not kept. */
export const mostOutputBytes = 1024 * 1024 * 1024;

export interface LimitedOutput extends Output {
  /** Says how much was not kept, where anything was not. */
  close(): void;
}

export function limitOutput(output: Output, mostBytes = mostOutputBytes): LimitedOutput {
  let bytes = 0;
  return {
    write(chunk) {
      const kept = chunk.subarray(0, Math.max(0, mostBytes - bytes));
      const isFirstBeyond = bytes <= mostBytes && bytes + chunk.byteLength > mostBytes;
      bytes += chunk.byteLength;
      if (kept.byteLength === 0 && !isFirstBeyond) return;
      const written = kept.byteLength > 0 ? output.write(kept) : undefined;
      if (!isFirstBeyond) return written;
      output.note(
        `This step has printed ${inMebibytes(mostBytes)}. What it prints from here on is not kept.`,
      );
      return written;
    },
    note: (text) => output.note(text),
    close() {
      if (bytes <= mostBytes) return;
      output.note(`In all this step printed ${inMebibytes(bytes)}.`);
    },
  };
}

function inMebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 1)} MiB`;
}
