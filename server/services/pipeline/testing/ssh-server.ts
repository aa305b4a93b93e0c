import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/testing/free-port.ts";

/** A real OpenSSH server on this machine, with a host key and a list of authorised keys of its own. */
export interface SshServer {
  port: number;
  /** The address of a repository by its path here. */
  addressOf(path: string): string;
  /** `ssh-ed25519 AAAA…` */
  hostKey(): string;
  /** Who may read from now on: keys as a Git server takes them. */
  authorise(...publicKeys: string[]): void;
  /** As after a reinstallation: the same address, another host key. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

const sshd = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd"].find((path) =>
  existsSync(path),
);

/** Why tests over ssh cannot run here; null where they can. */
export const noSshServer = sshd === undefined ? "no sshd is installed (Debian: openssh-server)" : null;

export async function startSshServer(folder: string): Promise<SshServer> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Its empty folder for privilege separation is made by the service's own start.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const [keyFile, authorised] = [join(folder, "host_key"), join(folder, "authorized_keys")];
  const port = await freePort();
  writeFileSync(authorised, "");
  makeKey(keyFile);
  const settings = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${keyFile}`,
    `AuthorizedKeysFile ${authorised}`,
    "PermitRootLogin yes",
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "LogLevel INFO",
  ];
  writeFileSync(join(folder, "sshd_config"), `${settings.join("\n")}\n`);
  let child = await start(folder);
  return {
    port,
    addressOf: (path) => `ssh://${userInfo().username}@127.0.0.1:${port}${path}`,
    hostKey: () => readFileSync(`${keyFile}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" "),
    authorise: (...publicKeys) => writeFileSync(authorised, `${publicKeys.join("\n")}\n`),
    async changeHostKey() {
      await end(child);
      makeKey(keyFile);
      child = await start(folder);
    },
    stop: () => end(child),
  };
}

function makeKey(file: string): void {
  for (const path of [file, `${file}.pub`]) rmSync(path, { force: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
}

async function start(folder: string): Promise<ChildProcess> {
  const child = spawn(sshd ?? "", ["-D", "-e", "-f", join(folder, "sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes("Server listening")) resolve();
  });
  child.once("exit", () => reject(new Error(`sshd ended: ${said}`)));
  await listening;
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
