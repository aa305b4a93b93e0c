import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type postgres from "postgres";
import { type Lab, type LabService, until } from "#server/processes/deploy-worker/testing/open-lab.ts";

export const program = fileURLToPath(new URL("./print-lines.mjs", import.meta.url));

export interface Printing {
  deploymentId: number;
  ended(): Promise<{ durationMs: number }>;
}

/** A service whose build prints, and whose test ends the deployment. */
export class LogService {
  #lab: Lab;
  #sql: postgres.Sql;
  #service: LabService;
  #secretsFile: string;
  #count = 0;

  constructor(lab: Lab, sql: postgres.Sql, service: LabService, secretsFile: string) {
    this.#lab = lab;
    this.#sql = sql;
    this.#service = service;
    this.#secretsFile = secretsFile;
  }

  async print(lines: number, rate: number): Promise<Printing> {
    this.#count += 1;
    const settings = [
      "service: logs",
      `build: node print-lines.mjs ${lines} ${rate} secrets.txt`,
      "test: exit 1",
      "release:",
      "  start: sleep 1",
    ];
    const commit = await this.#service.repository.commit(
      {
        "anytime.yaml": `${settings.join("\n")}\n`,
        "print-lines.mjs": await readFile(program, "utf8"),
        "secrets.txt": readFileSync(this.#secretsFile, "utf8"),
      },
      `Print ${this.#count}`,
    );
    const deploymentId = await this.#lab.ask({ serviceEnvironmentId: this.#service.staging, commit });
    return { deploymentId, ended: () => this.#ended(deploymentId) };
  }

  /** How long the step took, from its start to the last of its rows being stored. */
  async #ended(deploymentId: number): Promise<{ durationMs: number }> {
    await until(
      () => this.#sql`select 1 from deployments where id = ${deploymentId} and status = 'failed'`,
      (rows) => rows.length > 0,
      30 * 60_000,
    );
    const [step] = await this.#sql<{ status: string; detail: string | null; ms: number }[]>`
      select status, detail, extract(epoch from ended_at - started_at)::float8 * 1000 as ms
      from steps where deployment_id = ${deploymentId} and name = 'build'`;
    if (step?.status !== "succeeded") throw new Error(`The build ${step?.status}: ${step?.detail}`);
    return { durationMs: step.ms };
  }
}
