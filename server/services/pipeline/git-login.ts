import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitUrl } from "#server/domain/git-url.ts";
import type { GitLogin } from "./repository-access.ts";

/** ssh itself fills in the folder: whatever is in its name, no shell sees it. No user's settings, keys or agent; nothing asked, forwarded, run or learnt; the server is one that is known. */
const sshSettings = [
  "BatchMode=yes",
  "IdentitiesOnly=yes",
  "IdentityAgent=none",
  "PreferredAuthentications=publickey",
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  "CheckHostIP=no",
  "GlobalKnownHostsFile=/dev/null",
  `UserKnownHostsFile=\${ANYTIME_LOGIN}/known_hosts`,
  `IdentityFile=\${ANYTIME_LOGIN}/key`,
  "ProxyCommand=none",
  "ControlPath=none",
  "ClearAllForwardings=yes",
  "ConnectTimeout=20",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=4",
];
const sshCommand = ["ssh", "-F", "none", ...sshSettings.map((setting) => `-o '${setting}'`)].join(" ");

/** Answers Git's question from its environment, which only the portal's own user can read. */
const helper =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$ANYTIME_GIT_USERNAME" "$ANYTIME_GIT_TOKEN"; }; f';

/**
 * Runs `work` with the variables by which Git logs in at this address, and nowhere else: redirects are not followed.
 * A private key lies in a folder of its own for that time, which only the portal's user can enter.
 */
export async function withLogin<T>(
  login: GitLogin,
  address: GitUrl & { url: string },
  mirrorsFolder: string,
  work: (variables: Record<string, string>) => Promise<T>,
): Promise<T> {
  if (login.kind === "token") return await work(tokenVariables(login, address.url));
  const logins = join(mirrorsFolder, ".logins");
  await mkdir(logins, { recursive: true, mode: 0o700 });
  await removeAbandoned(logins);
  const folder = await mkdtemp(join(logins, `${process.pid}-`));
  try {
    await writeFile(join(folder, "key"), login.privateKey, { mode: 0o600 });
    await writeFile(join(folder, "known_hosts"), `${login.knownHosts.join("\n")}\n`, { mode: 0o600 });
    return await work({ ANYTIME_LOGIN: folder, GIT_SSH_COMMAND: sshCommand, GIT_SSH_VARIANT: "ssh" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tokenVariables(login: { username: string; token: string }, url: string): Record<string, string> {
  const settings = [
    [`credential.${url}.helper`, helper],
    ["credential.useHttpPath", "true"],
    ["http.followRedirects", "false"],
  ];
  const numbered = settings.flatMap(([key = "", value = ""], n) => [
    [`GIT_CONFIG_KEY_${n}`, key],
    [`GIT_CONFIG_VALUE_${n}`, value],
  ]);
  return {
    ...Object.fromEntries(numbered),
    GIT_CONFIG_COUNT: String(settings.length),
    ANYTIME_GIT_USERNAME: login.username,
    ANYTIME_GIT_TOKEN: login.token,
  };
}

/** A process that was killed could not remove its own. */
async function removeAbandoned(logins: string): Promise<void> {
  for (const name of await readdir(logins)) {
    if (!isAlive(Number(name.split("-")[0]))) await rm(join(logins, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
