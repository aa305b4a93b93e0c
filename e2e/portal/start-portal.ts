import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Portal {
  url: string;
  routerPort: number;
  dataFolder: string;
  /** Null where an administrator exists already. */
  setupLink: string | null;
  process: ChildProcess;
  /** All that it printed so far. */
  printed(): string;
  /** Resolves once what it printed matches. */
  waitForPrinted(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Ctrl-C as a terminal sends it, to the whole group, then waits for its end. */
  stop(): Promise<void>;
}

export interface PortalOptions {
  dataFolder: string;
  portalPort: number;
  routerPort: number;
  environment?: Record<string, string>;
}

/** Runs `npm start` as a user would and resolves when it has said where the portal is. */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const child = spawn("npm", ["start"], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ANYTIME_DATA: options.dataFolder,
      ANYTIME_PORT: String(options.portalPort),
      ANYTIME_ROUTER_PORT: String(options.routerPort),
      NO_COLOR: "1",
      ...options.environment,
    },
  });
  let text = "";
  const news = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      news.emit("news");
    });
  }
  child.once("exit", () => news.emit("news"));
  const waitForPrinted = async (pattern: RegExp) => {
    for (;;) {
      const match = text.match(pattern);
      if (match !== null) return match;
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${text}`);
      await once(news, "news");
    }
  };
  const url = `http://localhost:${options.portalPort}`;
  await waitForPrinted(/Press Ctrl-C/);
  return {
    url,
    routerPort: options.routerPort,
    dataFolder: options.dataFolder,
    setupLink: text.match(/https?:\/\/\S+\/setup#\S+/)?.[0] ?? null,
    process: child,
    printed: () => text,
    waitForPrinted,
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid, "SIGINT");
      await once(child, "exit");
    },
  };
}
