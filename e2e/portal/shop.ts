import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A service as a team has one: a repository with a build, a test and a server that says which version answers, and its
 * GREETING. An API_KEY it prints, and answers with the hash of it.
 */
export interface Shop {
  folder: string;
  /** Writes files over those of the commit before, and commits; resolves with the commit's SHA. */
  commit(subject: string, files?: Record<string, string>): string;
}

export const shopSettings = `service: shop
build: sh build.sh
test: sh test.sh
package: {include: [dist]}
release:
  start: node dist/server.mjs
  instances: 2
  health: {path: /healthz, timeout: 15s}
  drain: 2s
environments:
  production: {release: {instances: 1}}
`;

const server = `import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
const version = readFileSync(new URL("./version", import.meta.url), "utf8").trim();
const secret = process.env.API_KEY;
if (secret !== undefined) console.log("started with " + secret);
const hash = secret === undefined ? "" : " " + createHash("sha256").update(secret).digest("hex").slice(0, 8);
const greeting = process.env.GREETING === undefined ? "" : " " + process.env.GREETING;
const server = createServer((request, response) => response.end(version + greeting + hash));
server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

export const buildScript = `mkdir -p dist
cp server.mjs version dist/
printf 'building version %s\\n\\033[32mbuilt in green\\033[0m\\n' "$(cat version)"
`;

export function makeShop(folder: string, files: Record<string, string> = {}): Shop {
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "-q", "-b", "main");
  writeAll(folder, { "server.mjs": server, "build.sh": buildScript, "test.sh": "echo all well\n", ...files });
  return openShop(folder);
}

/** One that was made before. */
export function openShop(folder: string): Shop {
  return {
    folder,
    commit(subject, changed = {}) {
      writeAll(folder, changed);
      git(folder, "add", "-A");
      const author = ["-c", "user.name=Grace Example", "-c", "user.email=grace@example.org"];
      git(folder, ...author, "commit", "-q", "--allow-empty", "-m", subject);
      return git(folder, "rev-parse", "HEAD").trim();
    },
  };
}

function writeAll(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function git(folder: string, ...parameters: string[]): string {
  return execFileSync("git", ["-C", folder, ...parameters], { encoding: "utf8" });
}
