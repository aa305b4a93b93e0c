import { UserError } from "#server/kernel/errors.ts";

/** The command line: each command is loaded only when it is asked for. */
interface Command {
  summary: string;
  load(): Promise<(parameters: string[]) => Promise<number>>;
}

const commands: Record<string, Command> = {
  start: {
    summary: "start everything on this machine",
    load: async () => (await import("./commands/start.ts")).start,
  },
  stop: {
    summary: "stop everything, instances included",
    load: async () => (await import("./commands/stop.ts")).stop,
  },
  restart: {
    summary: "restart the portal; services go on serving",
    load: async () => (await import("./commands/restart.ts")).restart,
  },
  status: { summary: "say what runs", load: async () => (await import("./commands/status.ts")).status },
  "setup-link": {
    summary: "print a one-time link that makes the first administrator",
    load: async () => (await import("./commands/setup-link.ts")).setupLink,
  },
  run: {
    summary: "run the steps of anytime.yaml here, without a portal",
    load: async () => (await import("./commands/run.ts")).run,
  },
  migrate: {
    summary: "bring the database of DATABASE_URL up to date",
    load: async () => (await import("./commands/migrate.ts")).migrateDatabase,
  },
  "verify-audit": {
    summary: "work out the audit log's chain anew; hashes noted earlier may follow",
    load: async () => (await import("./commands/verify-audit.ts")).verifyAudit,
  },
  "rotate-key": {
    summary: "seal every stored secret with a new key",
    load: async () => (await import("./commands/rotate-key.ts")).rotateKey,
  },
  test: { summary: "run every check", load: async () => (await import("./commands/test.ts")).test },
  bench: { summary: "measure: bench <name>", load: async () => (await import("./commands/bench.ts")).bench },
  web: { summary: "run the portal alone (DATABASE_URL)", load: () => loadProcess("web") },
  "deploy-worker": { summary: "run a worker alone (DATABASE_URL)", load: () => loadProcess("deploy-worker") },
  "traffic-router": {
    summary: "run a router alone (DATABASE_URL)",
    load: () => loadProcess("traffic-router"),
  },
  monitor: { summary: "run the monitor alone (DATABASE_URL)", load: () => loadProcess("monitor") },
};

async function loadProcess(name: "web" | "deploy-worker" | "traffic-router" | "monitor") {
  const { runAlone } = await import("./commands/run-alone.ts");
  return () => runAlone(name);
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, command]) => `  ${name.padEnd(width)}  ${command.summary}`,
  );
  return ["anytime <command>", "", ...lines].join("\n");
}

async function main(name: string | undefined, parameters: string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(`There is no command ${name}.\n\n${help()}`);
    return 2;
  }
  return (await command.load())(parameters);
}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
