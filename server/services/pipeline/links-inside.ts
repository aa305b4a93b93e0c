/** More than a kernel follows: such a link leads nowhere. */
const mostHops = 40;

/**
 * Whether a symbolic link leads out of the tree that it lies in, by its own target or by way of other links of the
 * tree. Paths are relative to the tree; an absolute target always leads out, since the tree moves.
 */
export function leadsOut(links: ReadonlyMap<string, string>, path: string): boolean {
  const reached = path.split("/").slice(0, -1);
  const ahead = partsOf(links.get(path) ?? "");
  if (ahead === null) return true;
  for (let hops = 0; ahead.length > 0; ) {
    const part = ahead.pop() ?? "";
    if (part === "..") {
      if (reached.pop() === undefined) return true;
      continue;
    }
    reached.push(part);
    const target = links.get(reached.join("/"));
    if (target === undefined) continue;
    const further = partsOf(target);
    if (further === null) return true;
    hops += 1;
    if (hops > mostHops) return false;
    reached.pop();
    ahead.push(...further);
  }
  return false;
}

/** Last one first; null for an absolute path. */
function partsOf(target: string): string[] | null {
  if (target.startsWith("/")) return null;
  return target
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .reverse();
}
