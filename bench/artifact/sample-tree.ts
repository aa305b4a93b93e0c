import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Of text such as sources are: it compresses to about a third, whatever the seed. */
const words =
  "const let return function export import from await async if else for of new class this null".split(" ");

/** Makes a tree of files with sizes as in an installed application: most are small, some are large. */
export async function makeSampleTree(folder: string, files: number, bytes: number): Promise<void> {
  const next = randomNumbers(42);
  const weights = Array.from({ length: files }, () => 0.1 + next() ** 6 * 20);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const perFolder = 25;
  for (let first = 0; first < files; first += perFolder) {
    const place = join(
      folder,
      `packages/p${Math.floor(first / 500)}/lib${Math.floor(first / perFolder) % 20}`,
    );
    await mkdir(place, { recursive: true });
    for (let file = first; file < Math.min(files, first + perFolder); file += 1) {
      const size = Math.round((bytes * (weights[file] ?? 0)) / total);
      await writeFile(join(place, `module-${file}.js`), textOf(size, next));
    }
  }
}

function textOf(size: number, next: () => number): Buffer {
  const parts: string[] = [];
  for (let length = 0; length < size; ) {
    const word =
      next() < 0.6 ? words[Math.floor(next() * words.length)] : Math.floor(next() * 2 ** 31).toString(36);
    parts.push(`${word}`);
    length += `${word}`.length + 1;
  }
  return Buffer.from(`${parts.join(" ")} `).subarray(0, size);
}

/** The same numbers each time: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
