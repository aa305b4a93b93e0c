import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

// Copies the sources to dist/ and stamps them. The manifest names each file by its content and holds no time,
// so that two builds of one commit are the same.
const started = performance.now();
const styled = (code, text) => (process.env.NO_COLOR ? text : `\u001b[${code}m${text}\u001b[0m`);
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
cpSync("src", "dist", { recursive: true });

const files = {};
for (const name of readdirSync("dist").sort()) {
  const content = readFileSync(`dist/${name}`);
  files[name] = createHash("sha256").update(content).digest("hex");
  console.log(`  ${styled(32, "+")} dist/${name} ${styled(2, `${content.length} bytes`)}`);
}
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const build = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
writeFileSync("dist/manifest.json", `${JSON.stringify({ name, version, build, files }, null, 2)}\n`);

console.log(
  `${styled(1, `${name} ${version}`)} build ${build} in ${Math.round(performance.now() - started)} ms`,
);
