import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** Copies the sources to dist/ and stamps them: the manifest names each file by its content, so that two builds of one commit are the same. */
const started = performance.now();
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
cpSync("src", "dist", { recursive: true });

const files = {};
for (const name of readdirSync("dist").sort()) {
  const content = readFileSync(`dist/${name}`);
  files[name] = createHash("sha256").update(content).digest("hex");
  console.log(`  \u001b[32m+\u001b[0m dist/${name} \u001b[2m${content.length} bytes\u001b[0m`);
}
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const build = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
writeFileSync("dist/manifest.json", `${JSON.stringify({ name, version, build, files }, null, 2)}\n`);

console.log(
  `\u001b[1m${name} ${version}\u001b[0m build ${build} in ${Math.round(performance.now() - started)} ms`,
);
