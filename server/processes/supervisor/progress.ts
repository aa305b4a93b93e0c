import { formatDurationMs } from "#server/domain/durations.ts";

/** What the operator sees while everything starts: a line a stage, with its time. */
export interface Progress {
  /** Runs a stage; what it returns as text stands behind its name. Errors pass through. */
  stage<T>(name: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
  say(line: string): void;
}

const nameWidth = 14;

export function openProgress(output: NodeJS.WritableStream & { isTTY?: boolean }): Progress {
  const say = (line: string) => void output.write(`${line}\n`);
  return {
    say,
    async stage(name, work, detail) {
      const startedAt = performance.now();
      // Only a terminal can take back a line: elsewhere each stage is written once, when it is over.
      if (output.isTTY === true) output.write(`  … ${name}`);
      const clear = output.isTTY === true ? "\r\u001b[2K" : "";
      try {
        const result = await work();
        const took = formatDurationMs(performance.now() - startedAt);
        output.write(
          `${clear}  ✓ ${name.padEnd(nameWidth)} ${[took, detail?.(result)].filter(Boolean).join(", ")}\n`,
        );
        return result;
      } catch (error) {
        output.write(`${clear}  ✗ ${name}\n`);
        throw error;
      }
    },
  };
}
