import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { isDiskFull } from "#server/kernel/disk-full.ts";
import { overwriteJson } from "#server/kernel/replace-file.ts";
import { type Route, routeSchema } from "#server/services/traffic/route.ts";

const stateSchema = z.object({
  routerId: z.uuid(),
  /** It ended in order: since then nobody has waited for it, and any of the routes may lead to an ended pool. */
  isSignedOff: z.boolean(),
  routes: z.array(routeSchema),
});
type State = z.output<typeof stateSchema>;

/** The router's identity and its last known routes: what it serves from when the database cannot be reached. */
export class StateFile {
  readonly routerId: string;
  readonly lastKnown: Route[];
  isSignedOff: boolean;
  private readonly path: string;
  private lastWrite: Promise<unknown> = Promise.resolve();
  private waiting: Promise<void> | null = null;
  private written = "";

  private constructor(path: string, state: State) {
    this.path = path;
    this.routerId = state.routerId;
    this.lastKnown = state.routes;
    this.isSignedOff = state.isSignedOff;
  }

  static async open(path: string): Promise<StateFile> {
    await mkdir(dirname(path), { recursive: true });
    return new StateFile(
      path,
      (await readState(path)) ?? {
        routerId: randomUUID(),
        isSignedOff: true,
        routes: [],
      },
    );
  }

  /** Resolves when `routes()` or something newer is on disk; calls during a write share the one after it. */
  save(routes: () => Route[]): Promise<void> {
    this.waiting ??= this.lastWrite.then(() => {
      this.waiting = null;
      const write = this.write({ routerId: this.routerId, isSignedOff: this.isSignedOff, routes: routes() });
      this.lastWrite = Promise.allSettled([write]);
      return write;
    });
    return this.waiting;
  }

  private async write(state: State): Promise<void> {
    const text = JSON.stringify(state);
    if (text === this.written) return;
    try {
      await writeFile(`${this.path}.new`, text, { mode: 0o600 });
      await rename(`${this.path}.new`, this.path);
    } catch (error) {
      await rm(`${this.path}.new`, { force: true });
      if (!isDiskFull(error) || !overwriteJson(this.path, text)) throw error;
    }
    this.written = text;
  }
}

/** Null where there is none yet, or where it cannot be read: the database has the truth. */
async function readState(path: string): Promise<State | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = stateSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
