import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { HostKeyView } from "#server/domain/repository-access.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { keyView, sshHost } from "./read-host.ts";

const run = promisify(execFile);
const patienceSeconds = 10;

/** The keys that an ssh server shows now, for a person to compare; nothing is trusted by it. ValidationError "repositoryUrl". */
export async function scanHost(
  ctx: Context,
  input: { repositoryUrl: string },
): Promise<{ host: string; keys: HostKeyView[] }> {
  demand(ctx, "manageServices");
  const { host, keys } = await shownKeys(input.repositoryUrl);
  return { host, keys: keys.map(keyView) };
}

export async function shownKeys(repositoryUrl: string): Promise<{ host: string; keys: string[] }> {
  const { host, name, port } = sshHost(repositoryUrl);
  const options = ["-T", String(patienceSeconds), "-t", "ed25519,ecdsa,rsa", "-p", String(port)];
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" } as Record<string, string> as NodeJS.ProcessEnv;
  // It ends with an error where nothing answers; what it printed says enough.
  const { stdout } = await run("ssh-keyscan", [...options, "--", name], {
    timeout: 3 * patienceSeconds * 1_000,
    env,
  }).catch((error: { stdout?: string; code?: unknown }) => {
    if (error.code !== "ENOENT") return { stdout: error.stdout ?? "" };
    throw new ValidationError(
      "There is no ssh-keyscan on the portal's machine: install the OpenSSH client.",
      "repositoryUrl",
    );
  });
  const keys = stdout
    .split("\n")
    .flatMap(
      (line) => /^[^#\s]\S* ((?:ssh-ed25519|ecdsa-sha2-\S+|ssh-rsa) [A-Za-z0-9+/=]+)$/.exec(line)?.[1] ?? [],
    );
  if (keys.length > 0) return { host, keys };
  throw new ValidationError(
    `No ssh server answers at ${host}. Check the address and the network.`,
    "repositoryUrl",
  );
}
