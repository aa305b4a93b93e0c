import { sampleFiles, sampleSettings } from "./sample-service.ts";

/** What an intruder tries: each attempt is a line of its output, `refused` or `DONE`. */
export interface Targets {
  read?: Record<string, string>;
  list?: Record<string, string>;
  write?: Record<string, string>;
  signal?: Record<string, number>;
}

/** Tries everything where it runs, and says who it is. */
const intruder = `const fs = require("node:fs");
const { join } = require("node:path");
const targets = JSON.parse(fs.readFileSync(join(__dirname, "targets.json"), "utf8"));
const attempts = {
  read: (path) => fs.readFileSync(path),
  list: (path) => fs.readdirSync(path),
  write: (path) => fs.writeFileSync(join(path, "intruder.txt"), "here"),
  signal: (pid) => process.kill(pid, 0),
};
for (const [kind, named] of Object.entries(targets)) {
  for (const [name, target] of Object.entries(named)) {
    let outcome = "DONE";
    try { attempts[kind](target); } catch (error) { outcome = "refused " + error.code; }
    console.log("[" + process.argv[2] + "] " + kind + " " + name + ": " + outcome);
  }
}
const status = fs.readFileSync("/proc/self/status", "utf8");
const field = (name) => new RegExp("^" + name + ":\\\\s*(.*)$", "m").exec(status)[1].trim();
console.log("[" + process.argv[2] + "] groups " + process.getgroups().join() + " of " + process.getuid());
console.log("[" + process.argv[2] + "] capabilities " + field("CapEff") + ", no new ones " + field("NoNewPrivs"));
`;

/** A service whose build and instances try them. What it needs to build and serve it does besides. */
export function intruderFiles(targets: Targets): Record<string, string> {
  const node = JSON.stringify(process.execPath).slice(1, -1);
  const settings = sampleSettings({
    build: [
      `"${node}" intruder.cjs build`,
      'echo kept >> "$HOME/cache" && echo passing > "$TMPDIR/scratch" && echo "cache holds $(wc -l < "$HOME/cache")"',
      "sh build.sh && cp intruder.cjs targets.json dist/",
    ].join(" && "),
    start: `"${node}" dist/intruder.cjs instance; echo to standard output >> /dev/stdout; exec "${node}" dist/server.cjs`,
    more: `migrate: {run: "echo migrating as $(id -u) in $(pwd) > $HOME/migrated && cat $HOME/migrated", repeatable: true}`,
  });
  return {
    ...sampleFiles({ settings }),
    "intruder.cjs": intruder,
    "targets.json": JSON.stringify(targets),
  };
}
