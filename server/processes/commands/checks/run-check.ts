import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export interface Count {
  passed: number;
  failed: number;
}

export interface Check {
  name: string;
  run(): Promise<Count>;
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const binaries = join(root, "node_modules/.bin");

/** A tool that has one answer: it counts as one test. */
export async function runCommandCheck(tool: string, parameters: string[]): Promise<Count> {
  return (await runTool(tool, parameters, {})) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

const vitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numFailedTestSuites: z.int(),
});

/** Counts each test; a file that could not be loaded counts as one failed. */
export function runVitest(config: string): Promise<Count> {
  return withReport(async (report) => {
    const parameters = [
      "run",
      "--config",
      config,
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${report}`,
    ];
    const exitCode = await runTool("vitest", parameters, {});
    const counted = readReport(report, vitestReport);
    if (counted === null) return { passed: 0, failed: 1 };
    const failed = counted.numFailedTests === 0 && exitCode !== 0 ? 1 : counted.numFailedTests;
    return { passed: counted.numPassedTests, failed };
  });
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

/** Flaky and skipped tests count as failed: a test either holds or does not. */
export function runPlaywright(config: string, environment: Record<string, string>): Promise<Count> {
  return withReport(async (report) => {
    const parameters = ["test", "--config", config, "--reporter=list,json"];
    const exitCode = await runTool("playwright", parameters, {
      ...environment,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    });
    const counted = readReport(report, playwrightReport);
    if (counted === null) return { passed: 0, failed: 1 };
    const { expected, unexpected, flaky, skipped } = counted.stats;
    const failed = unexpected + flaky + skipped;
    return { passed: expected, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
  });
}

/** Runs a tool of the project's own dependencies, its output passed through; resolves to its exit code. */
export function runTool(
  tool: string,
  parameters: string[],
  environment: Record<string, string>,
): Promise<number> {
  const path = [dirname(process.execPath), binaries, process.env.PATH].join(delimiter);
  const child = spawn(join(binaries, tool), parameters, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, NEXT_TELEMETRY_DISABLED: "1", ...environment },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function withReport(run: (report: string) => Promise<Count>): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "anytime-report-"));
  try {
    return await run(join(folder, "report.json"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readReport<T>(file: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(file)) return null;
  return schema.parse(JSON.parse(readFileSync(file, "utf8")));
}
