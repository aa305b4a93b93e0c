import { type ChildProcess, spawn } from "node:child_process";
import { signalGroup } from "#server/kernel/end-process.ts";
import { processWide } from "#server/kernel/process-wide.ts";
import { openSlots } from "./slots.ts";

export interface GitResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface GitOptions {
  /** The repository itself: a mirror's folder. */
  gitFolder?: string;
  /** The one protocol that this call may speak; none where left out. */
  protocol?: "https" | "ssh" | "file";
  variables?: Record<string, string>;
  /** `name=value`, for this call: over the ones that every call has. Seen by everybody on the machine. */
  settings?: readonly string[];
  timeoutMs?: number;
  mostBytes?: number;
  signal?: AbortSignal | undefined;
  /** What Git says of its progress, a line at a time; it has to be asked to by `--progress`. */
  onProgress?: ((line: string) => void) | undefined;
}

/** Git took longer than it may, or printed more. */
export class GitLimitError extends Error {
  override name = "GitLimitError";
}

const passedOn = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "TMPDIR",
  "HTTPS_PROXY",
  "https_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
];

/** Nothing that a repository or the machine's own settings could make Git run, ask or follow. */
const hardened = {
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_ASKPASS: "true",
  SSH_ASKPASS: "true",
  // Without a login nobody gets in over ssh: not by a key that happens to lie on this machine either.
  GIT_SSH_COMMAND: "false",
  GIT_LFS_SKIP_SMUDGE: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  LC_ALL: "C",
};

const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "submodule.recurse=false",
  "safe.directory=*",
  "gc.auto=0",
  "maintenance.auto=false",
  // What a fetch brings is seen whole or not at all: loose objects would be seen one by one, a commit before its files.
  "fetch.unpackLimit=1",
  "i18n.logOutputEncoding=UTF-8",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

/** At once in one process, so that nobody occupies the machine; slow repositories elsewhere do not hold up reading. */
const slots = () =>
  processWide("pipeline/git-slots", () => ({ reading: openSlots(4), contacting: openSlots(4) }));

/**
 * Runs Git with a fixed environment of its own, once one of this process's slots for it is free.
 * Resolves whatever its exit code; throws GitLimitError.
 */
export async function runGit(parameters: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const { reading, contacting } = slots();
  const kind = options.protocol === undefined ? reading : contacting;
  return await kind.run(() => run(parameters, options), options.signal);
}

async function run(parameters: readonly string[], options: GitOptions): Promise<GitResult> {
  const place = options.gitFolder === undefined ? [] : [`--git-dir=${options.gitFolder}`];
  const own = (options.settings ?? []).flatMap((setting) => ["-c", setting]);
  const child = spawn("git", [...settings, ...own, ...place, ...parameters], {
    cwd: options.gitFolder ?? "/",
    env: gitEnvironment(options) as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  return await collect(child, parameters[0] ?? "git", options);
}

function gitEnvironment(options: GitOptions): Record<string, string> {
  const environment: Record<string, string> = { ...hardened, ...options.variables };
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  // Overrides every `protocol.*` setting: what is not listed here is refused, also after a redirect.
  environment.GIT_ALLOW_PROTOCOL = options.protocol ?? "none";
  return environment;
}

async function collect(child: ChildProcess, verb: string, options: GitOptions): Promise<GitResult> {
  const { timeoutMs = 60_000, mostBytes = 32 * 1024 * 1024, signal } = options;
  const { promise: closed, resolve, reject } = Promise.withResolvers<number>();
  const end = (reason: unknown) => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
    reject(reason);
  };
  const timer = setTimeout(
    () => end(new GitLimitError(`git ${verb} took longer than ${timeoutMs / 1_000} s.`)),
    timeoutMs,
  );
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  child.once("error", reject);
  child.once("close", (code) => resolve(code ?? 128));
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let bytes = 0;
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) end(new GitLimitError(`git ${verb} printed more than ${mostBytes} bytes.`));
      else output[name].push(chunk);
      if (name === "stderr" && bytes <= mostBytes) tellProgress(chunk, options);
    });
  }
  try {
    const exitCode = await closed;
    const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
    return { exitCode, stdout: text(output.stdout), stderr: text(output.stderr) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Each line overwrites the one before it on a terminal; the last whole one of a chunk is news enough. */
function tellProgress(chunk: Buffer, { onProgress }: GitOptions): void {
  if (onProgress === undefined) return;
  const line = chunk
    .toString()
    .split(/[\r\n]/)
    .findLast((text) => /\d+%|, done/.test(text));
  if (line !== undefined) onProgress(line.trim());
}
