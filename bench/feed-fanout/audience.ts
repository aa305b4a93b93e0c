import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Ask, type Checked, type ExpectedEvent, mostLatencyMs, type Told } from "./messages.ts";

/** One: it shares the processor with web and the database. */
const processes = 1;

/** All who listen, in processes of their own. */
export class Audience {
  readonly size: number;
  private readonly members: Member[];

  constructor(port: number, size: number) {
    this.size = size;
    this.members = Array.from({ length: processes }, () => startMember(port, size / processes));
  }

  async open(): Promise<void> {
    for (const { ask } of this.members) await ask({ type: "open" });
  }

  /** How many streams they have opened by now, each again after an interruption. */
  async opened(): Promise<number> {
    const told = await Promise.all(this.members.map(({ ask }) => ask({ type: "count" })));
    return told.reduce((sum, one) => sum + (one.type === "opened" ? one.opened : 0), 0);
  }

  async check(expected: ExpectedEvent[]): Promise<Checked> {
    const told = await Promise.all(this.members.map(({ ask }) => ask({ type: "check", expected })));
    return told.flatMap((one) => (one.type === "checked" ? [one.checked] : [])).reduce(together);
  }

  async leave(): Promise<void> {
    await Promise.all(this.members.map(({ leave }) => leave()));
  }
}

interface Member {
  ask(question: Ask): Promise<Told>;
  leave(): Promise<unknown>;
}

function startMember(port: number, subscribers: number): Member {
  const child = fork(fileURLToPath(new URL("./subscribers.ts", import.meta.url)), {
    env: { ...process.env, BENCH_PORT: String(port), BENCH_SUBSCRIBERS: String(subscribers) },
  });
  let answered = Promise.withResolvers<Told>();
  child.on("message", (told: Told) => answered.resolve(told));
  const exited = once(child, "exit").then(() =>
    answered.reject(new Error("The subscribers ended too early.")),
  );
  return {
    ask(question) {
      answered = Promise.withResolvers();
      child.send(question);
      return answered.promise;
    },
    leave() {
      answered.promise.catch(() => undefined);
      if (child.connected) child.send({ type: "leave" } satisfies Ask);
      return exited;
    },
  };
}

function together(one: Checked, other: Checked): Checked {
  const added = (name: "lost" | "disordered" | "repeated" | "unexpected" | "resets") =>
    one[name] + other[name];
  const counts = (name: "steady" | "interrupted") =>
    Array.from({ length: mostLatencyMs + 1 }, (_, slot) => (one[name][slot] ?? 0) + (other[name][slot] ?? 0));
  return {
    lost: added("lost"),
    disordered: added("disordered"),
    repeated: added("repeated"),
    unexpected: added("unexpected"),
    resets: added("resets"),
    steady: counts("steady"),
    interrupted: counts("interrupted"),
  };
}
