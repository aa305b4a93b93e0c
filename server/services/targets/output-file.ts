import { appendFile, copyFile, open, stat, truncate } from "node:fs/promises";

const mostBytes = 10 * 1024 * 1024;
const tailBytes = 32 * 1024;

/** The last lines that an instance printed; none where there is no output. */
export async function readLastLines(file: string, count: number): Promise<string[]> {
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-count);
  } finally {
    await handle.close();
  }
}

/** Keeps the file within bounds: what was printed so far moves to `<file>.1`. The instance appends on. */
export async function limitOutput(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= mostBytes) return;
  await copyFile(file, `${file}.1`);
  await truncate(file, 0);
}

/** A line of the keeper's own between those of the instance. */
export async function noteInOutput(file: string, text: string): Promise<void> {
  await appendFile(file, `[anytime] ${text}\n`);
}
