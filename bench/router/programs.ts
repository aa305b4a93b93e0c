import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

const folders = ["/usr/sbin", "/usr/local/sbin", ...(process.env.PATH ?? "").split(":")];
const policy = "/usr/sbin/policy-rc.d";

const isThere = (name: string) => folders.some((folder) => existsSync(`${folder}/${name}`));

/** Installs Debian's packages of these names where they are missing, as root; answers with what is there then. */
export function installPrograms(names: readonly string[]): Set<string> {
  const missing = names.filter((name) => !isThere(name));
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) install(missing);
  return new Set(names.filter(isThere));
}

function install(names: readonly string[]): void {
  console.log(`Installing Debian's ${names.join(", ")}.`);
  const isOurs = !existsSync(policy);
  // Else the packages would start servers of their own, on ports of the machine.
  if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], {
      stdio: "ignore",
    });
  } catch {
    console.log("They could not be installed.");
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}
