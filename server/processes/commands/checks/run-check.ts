import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export interface Count {
  passed: number;
  failed: number;
  /** The names of those that failed, with their files. */
  failures: string[];
}

export interface Check {
  name: string;
  run(): Promise<Count>;
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const binaries = join(root, "node_modules/.bin");

/** A tool that has one answer: it counts as one test. */
export async function runCommandCheck(tool: string, parameters: string[]): Promise<Count> {
  return (await runTool(tool, parameters, {})) === 0
    ? { passed: 1, failed: 0, failures: [] }
    : { passed: 0, failed: 1, failures: [tool] };
}

const vitestReport = z.object({
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
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
    if (counted === null) return noReport("vitest");
    const failures = counted.testResults.flatMap(({ name, status, assertionResults }) => {
      const own = assertionResults.filter((test) => test.status === "failed").map(({ fullName }) => fullName);
      const file = relative(root, name);
      return own.length === 0 && status === "failed" ? [file] : own.map((test) => `${file}: ${test}`);
    });
    const failed = failures.length === 0 && exitCode !== 0 ? 1 : failures.length;
    return { passed: counted.numPassedTests, failed, failures };
  });
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[] | undefined;
  specs: { title: string; file: string; tests: { projectName: string; status: string }[] }[];
}
const playwrightSuite: z.ZodType<PlaywrightSuite> = z.object({
  get suites() {
    return z.array(playwrightSuite).optional();
  },
  specs: z.array(
    z.object({
      title: z.string(),
      file: z.string(),
      tests: z.array(z.object({ projectName: z.string(), status: z.string() })),
    }),
  ),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
  suites: z.array(playwrightSuite),
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
    if (counted === null) return noReport("playwright");
    const { expected, unexpected, flaky, skipped } = counted.stats;
    const failed = unexpected + flaky + skipped;
    const failures = counted.suites.flatMap(playwrightFailures);
    return { passed: expected, failed: failed === 0 && exitCode !== 0 ? 1 : failed, failures };
  });
}

function playwrightFailures({ specs, suites = [] }: PlaywrightSuite): string[] {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status !== "expected")
      .map(({ projectName, status }) => `[${projectName}] ${file}: ${title} (${status})`),
  );
  return [...own, ...suites.flatMap(playwrightFailures)];
}

/** It ended before it could say how many. */
function noReport(tool: string): Count {
  return { passed: 0, failed: 1, failures: [`${tool} ended without its report`] };
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
