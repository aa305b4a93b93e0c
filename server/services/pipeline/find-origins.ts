import type { LineOrigin } from "#server/domain/commit-changes.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { GitLimitError } from "./git.ts";
import { checkedRef, readMirror } from "./read-mirror.ts";

const timeoutMs = 3_000;

/** Lines of files that are looked up at most. */
export const mostOrigins = 8;

/**
 * Which commits between two wrote these lines of `head` last. Lines that are older, files that are not there and what takes longer
 * than three seconds are left out.
 */
export async function findOrigins(
  mirror: Mirror,
  range: { base: string; head: string },
  lines: readonly { path: string; line: number }[],
): Promise<LineOrigin[]> {
  const found = await Promise.all(
    lines.slice(0, mostOrigins).map(async ({ path, line }) => {
      const sha = await originOf(mirror, range, path, line);
      return sha === null ? [] : [{ path, line, sha }];
    }),
  );
  return found.flat();
}

async function originOf(
  mirror: Mirror,
  { base, head }: { base: string; head: string },
  path: string,
  line: number,
): Promise<string | null> {
  const range = `${checkedRef(base)}..${checkedRef(head)}`;
  try {
    const result = await readMirror(
      mirror,
      ["blame", "--porcelain", `-L${line},${line}`, range, "--", path],
      { timeoutMs, mostBytes: 1024 * 1024 },
    );
    if (result.exitCode !== 0) return null;
    // A boundary is the base itself: the line was there before.
    const isOlder = /^boundary$/m.test(result.stdout);
    return isOlder ? null : (/^([0-9a-f]{40,64}) /.exec(result.stdout)?.[1] ?? null);
  } catch (error) {
    if (error instanceof GitLimitError) return null;
    throw error;
  }
}
