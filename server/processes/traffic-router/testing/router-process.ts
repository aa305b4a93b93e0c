import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { freePort } from "#db/testing/free-port.ts";

export interface RouterProcess {
  port: number;
  child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Ends it by a signal and waits for that. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** The real router in a process of its own; resolves when it listens, rejects with its output when it ends instead. */
export async function startRouterProcess(settings: {
  databaseUrl: string;
  dataFolder: string;
  port?: number;
  /** Which of the data folder's routers; 1 unless given. */
  number?: number;
  variables?: Record<string, string>;
}): Promise<RouterProcess> {
  const port = settings.port ?? (await freePort());
  const entry = fileURLToPath(new URL("../../traffic-router.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      DATABASE_URL: settings.databaseUrl,
      ANYTIME_DATA: settings.dataFolder,
      ANYTIME_ROUTER_PORT: String(port),
      ANYTIME_ROUTER_NUMBER: String(settings.number ?? 1),
      ...settings.variables,
    },
  });
  let output = "";
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const read = (chunk: Buffer) => {
    output += chunk;
    if (output.includes("The router listens.")) resolve();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  child.once("close", () => reject(new Error(output)));
  await promise;
  return {
    port,
    child,
    output: () => output,
    async end(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

/** Whether anything listens there. */
export async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once("connect", () => resolve(true));
  socket.once("error", () => resolve(false));
  const taken = await promise;
  socket.destroy();
  return taken;
}
