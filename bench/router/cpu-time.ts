import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

/** The CPU time that a process and its children have taken so far, all threads of each. */
export function cpuTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // From the third field on: user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = (Number(fields[11]) + Number(fields[12])) * msPerTick;
  return childrenOf(pid).reduce((sum, child) => sum + cpuTimeMs(child), own);
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).map(Number);
}
