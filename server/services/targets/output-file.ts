import { appendFile, mkdir, open, rename, stat, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { isDiskFull } from "#server/kernel/disk-full.ts";

const mostBytes = 10 * 1024 * 1024;
const tailBytes = 32 * 1024;
const blockBytes = 512;
/** Of what disks set aside for files that grow. */
const slackBytes = 10 * 1024 * 1024;

/** The last lines that an instance printed; none where there is no output. */
export async function readLastLines(file: string, count: number): Promise<string[]> {
  const tail = await readTail(file, tailBytes);
  return tail.length === 0 ? [] : tail.toString("utf8").trimEnd().split("\n").slice(-count);
}

/** Keeps the file within bounds: its end moves to `<file>.1`, what came before is dropped. The instance appends on. */
export async function limitOutput(file: string): Promise<void> {
  const taken = await stat(file).then(
    // Room can be taken beyond a file's end, too.
    ({ size, blocks }) => Math.max(size, blocks * blockBytes - slackBytes),
    () => 0,
  );
  if (taken <= mostBytes) return;
  try {
    const kept = await open(`${file}.new`, "w", 0o600);
    await kept.writeFile(await readTail(file, mostBytes)).finally(() => kept.close());
    await rename(`${file}.new`, `${file}.1`);
  } finally {
    // Also where the disk has no room for the copy: that is when it matters most.
    await truncate(file, 0);
  }
}

/** Empty where there is no such file. */
async function readTail(file: string, mostTailBytes: number): Promise<Buffer> {
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return Buffer.alloc(0);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, mostTailBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A line of the keeper's own between those of the instance, or the only one; none where the disk has no room for it. */
export async function noteInOutput(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `[anytime] ${text}\n`);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}
