import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";

const script = fileURLToPath(new URL("./bare-deployment.sh", import.meta.url));
/** Above the range that workers give out, below the one of outgoing connections. */
const firstPort = 31_100;

export interface BareDeployment {
  durationMs: number;
  end(): Promise<void>;
}

/** Runs the script with the same PATH as a step of the portal has, and ends what it left running on `end`. */
export async function startBareDeployment(options: {
  repository: string;
  folder: string;
}): Promise<BareDeployment> {
  const startedAt = performance.now();
  const child = spawn("/bin/sh", [script, options.repository, options.folder, String(firstPort)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: scrubbedEnvironment({ home: "/nonexistent", temporaryFolder: "/tmp" }) as NodeJS.ProcessEnv,
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code] = await once(child, "exit");
  const durationMs = performance.now() - startedAt;
  if (code !== 0) throw new Error(`The bare script exited with code ${code}.`);
  return {
    durationMs,
    async end() {
      for (const pid of printed.trim().split("\n")) process.kill(Number(pid), "SIGKILL");
      await rm(options.folder, { recursive: true, force: true });
    },
  };
}
