#!/usr/bin/env node
// The way in, for any Node.js from 20 on: plain JavaScript, without a dependency. It installs the locked dependencies
// where they are missing or stale, finds the Node.js that came with them, and hands over to cli.ts.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const modules = join(root, "node_modules");
const stamp = join(modules, ".anytime-installed");
/** The supervisor's wish to be started anew, as after `anytime restart`. */
const startAgain = 75;
const neededMajor = 24;
/** The routers' listening socket, from a supervisor that restarts to the next. */
let held = null;

/** What decides on the dependencies: their versions, and what npm ci patches in them. */
function files() {
  const patches = join(root, "db/patches");
  const names = readdirSync(patches).sort();
  return [join(root, "package-lock.json"), ...names.map((name) => join(patches, name))];
}

function filesHash() {
  const hash = createHash("sha256");
  for (const file of files()) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

/** An install made by hand counts as well: npm writes node_modules/.package-lock.json last. */
function isInstalled() {
  const npmsOwn = join(modules, ".package-lock.json");
  if (!existsSync(npmsOwn)) return false;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === filesHash()) return true;
  if (existsSync(stamp)) return false;
  return files().every((file) => statSync(npmsOwn).mtimeMs >= statSync(file).mtimeMs);
}

function install() {
  if (isInstalled()) return;
  const lock = join(root, ".npm-install-lock");
  takeLock(lock);
  try {
    if (isInstalled()) return;
    console.error("Installing the locked dependencies (npm ci). The first time this takes a minute.");
    const run = spawnSync("npm", ["ci", "--no-fund", "--no-audit"], { cwd: root, stdio: ["ignore", 2, 2] });
    if (run.status !== 0) fail("npm ci failed: see above. Mend it and start again; nothing was started.");
    writeFileSync(stamp, filesHash());
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A folder is made by one process only; one left behind by a killed install is older than any install takes. */
function takeLock(lock) {
  for (let tried = 0; ; tried += 1) {
    try {
      mkdirSync(lock);
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (Date.now() - statSync(lock).mtimeMs > 15 * 60_000) rmSync(lock, { recursive: true, force: true });
      if (tried === 0) console.error("Another process is installing the dependencies: waiting for it.");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}

function findNode() {
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  const own = names.map((name) => join(modules, name, "bin", "node")).find((file) => existsSync(file));
  if (own !== undefined) return own;
  if (Number(process.versions.node.split(".")[0]) >= neededMajor) return process.execPath;
  return fail(
    `Node.js ${neededMajor} did not come with the dependencies on this platform: install it and start again.`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Signals of a terminal reach the whole group anyhow; those sent to this process alone are passed on. */
function handOver() {
  const node = findNode();
  const parameters = ["--disable-warning=ExperimentalWarning", join(root, "server/processes/cli.ts")];
  const child = spawn(node, [...parameters, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, ANYTIME_LAUNCHED: "1", ANYTIME_HANDED_OVER: held === null ? "" : "1" },
  });
  passSocketOn(child);
  const pass = {
    SIGINT: () => undefined,
    SIGTERM: () => child.kill("SIGTERM"),
    SIGHUP: () => child.kill("SIGHUP"),
  };
  for (const [signal, handle] of Object.entries(pass)) process.on(signal, handle);
  child.once("error", (error) => fail(`Could not start ${node}: ${error.message}`));
  child.once("exit", (code, signal) => {
    for (const [name, handle] of Object.entries(pass)) process.off(name, handle);
    if (code === startAgain && process.argv[2] === "start") return begin();
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

function passSocketOn(child) {
  if (held !== null) {
    const { message, handle } = held;
    held = null;
    child.send(message, handle, () => handle.close());
  }
  child.on("message", (message, handle) => {
    if (message?.type !== "held-socket" || handle === undefined) return;
    held = { message, handle };
    child.send({ type: "held" });
  });
}

function begin() {
  install();
  handOver();
}

if (Number(process.versions.node.split(".")[0]) < 20) fail("Anytime needs Node.js 20 or newer.");
begin();
