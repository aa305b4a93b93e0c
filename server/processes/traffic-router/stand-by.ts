import { once } from "node:events";

/** Given to a router that is to load and then wait until it is needed. Imports nothing that is slow. */
export const standByFlag = "--stand-by";

/** Resolves once whoever started it writes to it; where that process is gone, this one ends, too. */
export async function untilCalled(): Promise<void> {
  const { stdin } = process;
  const gone = () => process.exit(0);
  stdin.once("end", gone);
  stdin.once("error", gone);
  await once(stdin, "data");
  stdin.off("end", gone);
  stdin.off("error", gone);
  stdin.destroy();
}
