import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface SampleRepository {
  folder: string;
  /** Writes the files and commits them; resolves with the commit. */
  commit(files: Record<string, string>, subject: string): Promise<{ sha: string; subject: string }>;
}

/** A real repository, with a committer of its own whatever the machine's Git knows. */
export async function createRepository(folder: string): Promise<SampleRepository> {
  const git = async (...parameters: string[]) => {
    const identity = [
      "-c",
      "user.name=Ada",
      "-c",
      "user.email=ada@example.org",
      "-c",
      "commit.gpgsign=false",
    ];
    const { stdout } = await run("git", [...identity, ...parameters], { cwd: folder });
    return stdout.trim();
  };
  await mkdir(folder, { recursive: true });
  await git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    async commit(files, subject) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", subject);
      return { sha: await git("rev-parse", "HEAD"), subject };
    },
  };
}
