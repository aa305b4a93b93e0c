import { setTimeout as delay } from "node:timers/promises";
import { layConfiguration } from "#server/domain/configuration.ts";
import { type ProcessSettings, storedSettingsFor } from "#server/domain/service-settings.ts";
import type { Confinement } from "#server/kernel/confinement.ts";
import { endProcess, findOutsiders, killLeftBehind } from "#server/kernel/end-process.ts";
import { messageOf } from "#server/kernel/errors.ts";
import { isRunning, type Marks, type ProcessIdentity } from "#server/kernel/process-identity.ts";
import type { InstanceToKeep } from "./list-kept.ts";
import { noteInOutput } from "./output-file.ts";
import { probeHealth, untilHealthy } from "./probe-health.ts";
import { adoptProcess, type Launch, launchProcess, type RunningProcess } from "./running-process.ts";
import type { InstanceEvent } from "./write-instance.ts";

export interface Keeping {
  /** Writes the event to the row, again and again until the database takes it. */
  save(instance: InstanceToKeep, change: InstanceEvent): Promise<boolean>;
  /** Asked anew for each start: what is secret in it is kept nowhere. */
  placeOf(instance: InstanceToKeep, settings: ProcessSettings): Promise<InstancePlace>;
  /** Opened anew for each start of it. */
  confine(instance: InstanceToKeep, settings: ProcessSettings): Confinement;
  /** Carried by every process of the instance, and by no other. */
  marksOf(instanceId: number): Marks;
  /** A process of an earlier life that bears the instance's mark although the row does not name it. */
  findStray(instanceId: number): ProcessIdentity | null;
}

/** Where an instance runs, what it is told and whom it runs as. */
export type InstancePlace = Pick<Launch, "folder" | "environment" | "account">;

type Stop = "end" | "leave" | "pause";

/** A time in which it may not run. */
interface Halt {
  /** Resolves when it may, with why it might not. */
  over: Promise<string>;
  /** To be resolved when nothing of it runs. */
  ended: PromiseWithResolvers<void>;
}

const shortestBackoffMs = 250;
const longestBackoffMs = 30_000;
/** An instance that has run for so long starts over with the shortest pause. */
const settledMs = 60_000;
const healthCheckEveryMs = 2_000;
/** A single look may hit a moment that is no worse than others. */
const missesUntilUnhealthy = 3;
const answersUntilHealthy = 2;
/** One that is merely busy answers again by then; one that hangs does not mend itself. */
const silencesUntilRestart = 8;

/** What the looks at an instance have come to: it is out of the traffic after some bad ones, and back after some good. */
class HealthLooks {
  silences = 0;
  #misses = 0;
  #answers = 0;
  #isUnwell = false;

  /** `problem` is null where it answered well. */
  saw(problem: string | null): "unwell" | "healthy" | null {
    this.silences = problem?.includes("does not answer") === true ? this.silences + 1 : 0;
    this.#misses = problem === null ? 0 : this.#misses + 1;
    this.#answers = problem === null ? this.#answers + 1 : 0;
    const isTurned = this.#isUnwell
      ? this.#answers >= answersUntilHealthy
      : this.#misses >= missesUntilUnhealthy;
    if (!isTurned) return null;
    this.#isUnwell = !this.#isUnwell;
    return this.#isUnwell ? "unwell" : "healthy";
  }
}

/** Runs one instance until it is to end: launches or adopts it, starts it again when it dies, ends it. */
export class KeptInstance {
  readonly instance: InstanceToKeep;
  /** Resolves when it is launched or has failed to. */
  readonly launched: Promise<void>;
  /** Resolves when it is kept no more, with what became of it in words. */
  readonly over: Promise<string>;
  /** Resolves when its processes have ended, or are left running: what is to be written may still take a while. */
  readonly released: Promise<void>;
  #keeping: Keeping;
  #settings: ProcessSettings;
  #isProven: boolean;
  #stop = Promise.withResolvers<Stop>();
  #stopped = new AbortController();
  #writes: Promise<unknown> = Promise.resolve();
  #wasLaunched = Promise.withResolvers<void>();
  #wasReleased = Promise.withResolvers<void>();
  #halt: Halt | null = null;
  #halted = Promise.withResolvers<void>();
  #running: RunningProcess | null = null;
  #confinement: Confinement | null = null;

  constructor(keeping: Keeping, instance: InstanceToKeep) {
    const read = storedSettingsFor(instance.release.settingsFile, instance.environmentSlug);
    if (!read.ok) throw new Error(read.problem);
    if (read.settings.target !== "process") throw new Error("A release without instances has none to keep.");
    this.#settings = layConfiguration(read.settings, instance.configuration);
    this.#keeping = keeping;
    this.instance = instance;
    this.#isProven = instance.status !== "starting";
    this.launched = this.#wasLaunched.promise;
    this.released = this.#wasReleased.promise;
    this.over = this.#run().finally(() => {
      this.#wasLaunched.resolve();
      this.#wasReleased.resolve();
    });
  }

  /** Whether the process that its start command became runs, whoever answers on its port. */
  isUp(): boolean {
    return this.#running !== null && isRunning(this.#running.pid, this.#running.startedAt);
  }

  /** What has become of it, for one that is not up: only what was never verified stays down. */
  async whyDown(): Promise<string> {
    return this.#isProven ? "has ended and is being started again" : this.over;
  }

  /** Whether a process of it has left its group, and so would outlive the start command. */
  hasOutsiders(): boolean {
    return this.#running !== null && findOutsiders(this.#running).length > 0;
  }

  /** It has been verified: from now on it is started again when it dies. */
  prove(): void {
    this.#isProven = true;
  }

  /** Ends it; it is started anew when `over` resolves, with why it had to end. Resolves when nothing of it runs. */
  halt(over: Promise<string>): Promise<void> {
    const ended = Promise.withResolvers<void>();
    this.#halt = { over, ended };
    this.#halted.resolve();
    // One that is kept no more has nobody to answer.
    return Promise.race([ended.promise, this.released]);
  }

  stop(how: Stop): Promise<string> {
    this.#stop.resolve(how);
    this.#stopped.abort();
    return this.over;
  }

  async #run(): Promise<string> {
    this.#running = await this.#adopt();
    let backoffMs = shortestBackoffMs;
    if (this.#running === null && this.instance.pid !== null) {
      if (!this.#isProven) return this.#bury("died while its worker was away");
      void this.#save({ event: "died" });
    }
    while (!this.#stopped.signal.aborted) {
      const since = performance.now();
      const fate = await this.#runOnce();
      if (this.#stopped.signal.aborted) break;
      if (this.#running !== null) await killLeftBehind(this.#running);
      await this.#confinement?.clear();
      this.#running = null;
      const told = (await this.#whileHalted()) ?? fate;
      await noteInOutput(this.instance.outputFile, told);
      if (!this.#isProven) return this.#bury(told);
      if (performance.now() - since > settledMs) backoffMs = shortestBackoffMs;
      void this.#save({ event: "died" });
      await this.#pause(backoffMs);
      await this.#whileHalted();
      backoffMs = Math.min(longestBackoffMs, backoffMs * 2);
    }
    return this.#end(await this.#stop.promise);
  }

  /** Resolves with why it was halted; null where it was not, or is to stop. */
  async #whileHalted(): Promise<string | null> {
    if (this.#halt === null) return null;
    this.#halt.ended.resolve();
    const why = await Promise.race([this.#halt.over, this.#stop.promise.then(() => null)]);
    this.#halt = null;
    this.#halted = Promise.withResolvers();
    return why;
  }

  /** Until the process dies, with how it did, or is to stop. */
  async #runOnce(): Promise<string> {
    let running = this.#running;
    try {
      running ??= await this.#launch();
    } catch (error) {
      return `could not be started: ${messageOf(error)}`;
    }
    this.#running = running;
    this.#wasLaunched.resolve();
    const watch = new AbortController();
    const signal = AbortSignal.any([watch.signal, this.#stopped.signal]);
    const silent = this.#watchHealth(signal);
    const halted = this.#halted.promise.then(() => "was halted");
    const how = await Promise.race([running.exited, silent, halted, this.#stop.promise]);
    watch.abort();
    return how;
  }

  async #adopt(): Promise<RunningProcess | null> {
    const { id, pid, pidStartedAt } = this.instance;
    const known = pid === null || pidStartedAt === null ? null : { pid, startedAt: pidStartedAt };
    const found = known ?? this.#keeping.findStray(id);
    if (found === null) return null;
    this.#confinement = this.#keeping.confine(this.instance, this.#settings);
    const marks = this.#keeping.marksOf(id);
    const adopted = adoptProcess(found, marks, this.#stopped.signal);
    if (adopted !== null && known === null) void this.#saveLaunch(adopted);
    if (adopted === null) {
      await killLeftBehind({ ...found, marks });
      await this.#confinement.clear();
    }
    return adopted;
  }

  async #launch(): Promise<RunningProcess> {
    const toEnd = Promise.race([this.#stop.promise, this.#halted.promise]);
    const stopped = toEnd.then(() => Promise.reject(new Error("it is to end")));
    const place = await Promise.race([this.#keeping.placeOf(this.instance, this.#settings), stopped]);
    this.#stopped.signal.throwIfAborted();
    if (this.#halt !== null) throw new Error("it is to end");
    this.#confinement = this.#keeping.confine(this.instance, this.#settings);
    const running = launchProcess({
      ...place,
      confinement: this.#confinement,
      command: this.#settings.start,
      marks: this.#keeping.marksOf(this.instance.id),
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
      const looks = new HealthLooks();
      while (looks.silences < silencesUntilRestart) {
        await delay(healthCheckEveryMs, undefined, { signal, ref: false });
        if (!this.#isProven) continue;
        const event = looks.saw(await probeHealth(address, signal));
        if (event !== null) await this.#save({ event });
      }
      return `${address.path} did not answer ${silencesUntilRestart} times in a row`;
    } catch (error) {
      if (signal.aborted) return "is not watched any more";
      throw error;
    }
  }

  async #pause(backoffMs: number): Promise<void> {
    const paused = delay(backoffMs, undefined, { ref: false });
    await Promise.race([paused, this.#halted.promise, this.#stop.promise]);
  }

  async #end(how: Stop): Promise<string> {
    if (how === "leave") return "is left running";
    if (this.#running !== null) await endProcess(this.#running);
    await this.#confinement?.clear();
    this.#wasReleased.resolve();
    if (how === "end" || !this.#isProven) return this.#bury("was ended");
    // Where the row was asked to end meanwhile, it is over for good.
    if (!(await this.#save({ event: "paused" }))) return this.#bury("was ended");
    return "was ended until the next start";
  }

  async #bury(how: string): Promise<string> {
    this.#wasReleased.resolve();
    await this.#save({ event: "ended" });
    return how;
  }
}
