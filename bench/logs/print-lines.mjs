/**
 * `print-lines <lines> <lines a second, 0 for as fast as it goes> <file of secrets>`: lines of 100 bytes, each with its
 * number and the time of its writing; one in a hundred tells a secret. It stands in the service that the bench deploys.
 */
import { readFileSync, writeSync } from "node:fs";

const [lines, rate] = process.argv.slice(2, 4).map(Number);
const secrets = readFileSync(process.argv[4], "utf8").trim().split("\n");
const linesOfBlock = 2_000;

function line(number, time) {
  const told =
    number % 100 === 0
      ? secrets[(number / 100) % secrets.length]
      : `src/module-${number % 977}/index.ts compiled`;
  return `line ${String(number).padStart(8, "0")} at ${time} ${told} `.padEnd(99, "abcdefghij ").slice(0, 99);
}

function print(bytes) {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

if (rate === 0) {
  // One block over and over, only the numbers change: what is measured is who reads it.
  const time = performance.timeOrigin.toFixed(3);
  const block = Buffer.from(
    Array.from({ length: linesOfBlock }, (_, at) => `${line(at + 1, time)}\n`).join(""),
  );
  for (let printed = 0; printed < lines; printed += linesOfBlock) {
    const count = Math.min(linesOfBlock, lines - printed);
    for (let at = 0; at < count; at += 1) {
      for (let rest = printed + at + 1, place = at * 100 + 12; place > at * 100 + 4; place -= 1) {
        block[place] = 48 + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    }
    print(block.subarray(0, count * 100));
  }
} else {
  const startedAt = performance.now();
  for (let number = 1; number <= lines; ) {
    const due = Math.min(lines, Math.floor(((performance.now() - startedAt) / 1_000) * rate) + 1);
    for (; number <= due; number += 1) {
      print(Buffer.from(`${line(number, (performance.timeOrigin + performance.now()).toFixed(3))}\n`));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
