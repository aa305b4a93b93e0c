import { setTimeout as delay } from "node:timers/promises";
import { type ServiceSettings, settingsFileSchema, settingsFor } from "#server/domain/service-settings.ts";
import { messageOf } from "#server/kernel/errors.ts";
import type { InstanceToKeep } from "./list-kept.ts";
import { noteInOutput } from "./output-file.ts";
import { probeHealth, untilHealthy } from "./probe-health.ts";
import {
  adoptProcess,
  endProcess,
  killLeftBehind,
  launchProcess,
  type RunningProcess,
} from "./running-process.ts";
import type { InstanceEvent } from "./write-instance.ts";

export interface Keeping {
  /** Writes the event to the row, again and again until the database takes it. */
  save(instance: InstanceToKeep, change: InstanceEvent): Promise<boolean>;
  folderOf(instance: InstanceToKeep): Promise<string>;
  environmentOf(instance: InstanceToKeep, settings: ServiceSettings): Record<string, string>;
  /** A process of an earlier life that bears the instance's mark although the row does not name it. */
  findStray(instanceId: number): { pid: number; startedAt: string } | null;
}

type Stop = "end" | "leave" | "pause";

const shortestBackoffMs = 250;
const longestBackoffMs = 30_000;
/** An instance that has run for so long starts over with the shortest pause. */
const settledMs = 60_000;
const healthCheckEveryMs = 5_000;
const silencesUntilRestart = 3;

/** Runs one instance until it is to end: launches or adopts it, starts it again when it dies, ends it. */
export class KeptInstance {
  readonly instance: InstanceToKeep;
  /** Resolves when it is launched or has failed to. */
  readonly launched: Promise<void>;
  /** Resolves when it is kept no more, with what became of it in words. */
  readonly over: Promise<string>;
  #keeping: Keeping;
  #settings: ServiceSettings;
  #isProven: boolean;
  #stop = Promise.withResolvers<Stop>();
  #stopped = new AbortController();
  #writes: Promise<unknown> = Promise.resolve();
  #wasLaunched = Promise.withResolvers<void>();

  constructor(keeping: Keeping, instance: InstanceToKeep) {
    const read = settingsFor(
      settingsFileSchema.parse(instance.release.settingsFile),
      instance.environmentSlug,
    );
    if (!read.ok) throw new Error(read.problem);
    this.#settings = read.settings;
    this.#keeping = keeping;
    this.instance = instance;
    this.#isProven = instance.status !== "starting";
    this.launched = this.#wasLaunched.promise;
    this.over = this.#run().finally(() => this.#wasLaunched.resolve());
  }

  /** It has been verified: from now on it is started again when it dies. */
  prove(): void {
    this.#isProven = true;
  }

  stop(how: Stop): Promise<string> {
    this.#stop.resolve(how);
    this.#stopped.abort();
    return this.over;
  }

  async #run(): Promise<string> {
    let running = this.#adopt();
    let backoffMs = shortestBackoffMs;
    let fate = "is gone";
    if (running === null && this.instance.pid !== null) {
      if (!this.#isProven) return this.#bury("died while its worker was away");
      void this.#save({ event: "died" });
    }
    while (!this.#stopped.signal.aborted) {
      const since = performance.now();
      const died = await this.#runOnce(running);
      running = died.running;
      if (this.#stopped.signal.aborted) break;
      fate = died.how;
      await noteInOutput(this.instance.outputFile, fate);
      if (running !== null) killLeftBehind(running);
      running = null;
      if (!this.#isProven) return this.#bury(fate);
      if (performance.now() - since > settledMs) backoffMs = shortestBackoffMs;
      void this.#save({ event: "died" });
      await this.#pause(backoffMs);
      backoffMs = Math.min(longestBackoffMs, backoffMs * 2);
    }
    return this.#end(running, await this.#stop.promise);
  }

  /** Until the process dies or is to stop. */
  async #runOnce(adopted: RunningProcess | null): Promise<{ running: RunningProcess | null; how: string }> {
    let running = adopted;
    try {
      running ??= await this.#launch();
    } catch (error) {
      return { running: null, how: `could not be started: ${messageOf(error)}` };
    }
    this.#wasLaunched.resolve();
    const watch = new AbortController();
    const signal = AbortSignal.any([watch.signal, this.#stopped.signal]);
    const silent = this.#watchHealth(signal);
    const how = await Promise.race([running.exited, silent, this.#stop.promise]);
    watch.abort();
    return { running, how };
  }

  #adopt(): RunningProcess | null {
    const { id, pid, pidStartedAt } = this.instance;
    const known = pid === null || pidStartedAt === null ? null : { pid, startedAt: pidStartedAt };
    const found = known ?? this.#keeping.findStray(id);
    if (found === null) return null;
    const adopted = adoptProcess(found.pid, found.startedAt, this.#stopped.signal);
    if (adopted !== null && known === null) void this.#saveLaunch(adopted);
    if (adopted === null) killLeftBehind({ ...found, exited: Promise.resolve("") });
    return adopted;
  }

  async #launch(): Promise<RunningProcess> {
    const folder = await this.#keeping.folderOf(this.instance);
    const running = launchProcess({
      command: this.#settings.start,
      folder,
      environment: this.#keeping.environmentOf(this.instance, this.#settings),
      outputFile: this.instance.outputFile,
    });
    void this.#saveLaunch(running);
    return running;
  }

  #saveLaunch(running: RunningProcess): Promise<boolean> {
    return this.#save({
      event: "launched",
      pid: running.pid,
      pidStartedAt: running.startedAt,
    });
  }

  /** Events are written in the order in which they happened. */
  #save(change: InstanceEvent): Promise<boolean> {
    const written = this.#writes.then(() => this.#keeping.save(this.instance, change));
    this.#writes = written;
    return written;
  }

  /** Makes a restarted instance healthy, then resolves when a proven one has stopped answering. */
  async #watchHealth(signal: AbortSignal): Promise<string> {
    const { host, port } = this.instance;
    const address = { host, port, path: this.#settings.health.path };
    try {
      if (this.#isProven) {
        await untilHealthy(address, { timeoutMs: Number.POSITIVE_INFINITY, signal });
        await this.#save({ event: "healthy" });
      }
      for (let silences = 0; silences < silencesUntilRestart; ) {
        await delay(healthCheckEveryMs, undefined, { signal, ref: false });
        const problem = this.#isProven ? await probeHealth(address, signal) : null;
        silences = problem?.includes("does not answer") === true ? silences + 1 : 0;
      }
      return `${address.path} did not answer ${silencesUntilRestart} times in a row`;
    } catch (error) {
      if (signal.aborted) return "is not watched any more";
      throw error;
    }
  }

  async #pause(backoffMs: number): Promise<void> {
    await Promise.race([delay(backoffMs, undefined, { ref: false }), this.#stop.promise]);
  }

  async #end(running: RunningProcess | null, how: Stop): Promise<string> {
    if (how === "leave") return "is left running";
    if (running !== null) await endProcess(running);
    if (how === "end" || !this.#isProven) return this.#bury("was ended");
    await this.#save({ event: "paused" });
    return "was ended until the next start";
  }

  async #bury(how: string): Promise<string> {
    await this.#save({ event: "ended" });
    return how;
  }
}
