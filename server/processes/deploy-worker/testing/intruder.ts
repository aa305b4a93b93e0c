import { sampleFiles, sampleSettings } from "./sample-service.ts";

/** What an intruder tries: each attempt is a line of its output, `refused` or `DONE`. */
export interface Targets {
  read?: Record<string, string>;
  list?: Record<string, string>;
  write?: Record<string, string>;
  signal?: Record<string, number>;
  /** PostgreSQL servers that might take a user at his word. */
  connect?: Record<string, { host: string; port: number; user: string }>;
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
  connect: connectWithoutPassword,
};
// Told who it is, the server answers "R" and what it wants to see: 0 is nothing, 10 a proof of the password.
async function connectWithoutPassword({ host, port, user }) {
  const words = Buffer.from("user\\0" + user + "\\0database\\0postgres\\0\\0");
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + words.length, 0);
  head.writeInt32BE(196608, 4);
  const socket = require("node:net").connect(port, host);
  socket.write(Buffer.concat([head, words]));
  const [answer] = await require("node:events").once(socket, "data");
  socket.destroy();
  if (answer.toString("latin1", 0, 1) === "R" && answer.readInt32BE(5) === 0) return;
  throw Object.assign(new Error("refused"), { code: "EPASSWORD" });
}
async function tryAll() {
for (const [kind, named] of Object.entries(targets)) {
  for (const [name, target] of Object.entries(named)) {
    let outcome = "DONE";
    try { await attempts[kind](target); } catch (error) { outcome = "refused " + error.code; }
    console.log("[" + process.argv[2] + "] " + kind + " " + name + ": " + outcome);
  }
}
}
tryAll().then(() => {
const status = fs.readFileSync("/proc/self/status", "utf8");
const field = (name) => new RegExp("^" + name + ":\\\\s*(.*)$", "m").exec(status)[1].trim();
console.log("[" + process.argv[2] + "] groups " + process.getgroups().join() + " of " + process.getuid());
console.log("[" + process.argv[2] + "] capabilities " + field("CapEff") + ", no new ones " + field("NoNewPrivs"));
});
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
