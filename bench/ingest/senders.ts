import { Agent, request } from "node:http";

export interface Sending {
  port: number;
  path: string;
  headers: Record<string, string>;
  body(): Buffer;
}

/** Sends bodies on so many connections, one after another on each, until it is stopped; counts what was acknowledged. */
export class Senders {
  acknowledged = 0;
  refused = 0;
  private readonly sending: Sending;
  private readonly agent: Agent;
  private isStopping = false;
  private readonly all: Promise<unknown>;

  constructor(sending: Sending, connections: number) {
    this.sending = sending;
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.all = Promise.all(Array.from({ length: connections }, () => this.keepSending()));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.all;
    this.agent.destroy();
  }

  private async keepSending(): Promise<void> {
    while (!this.isStopping) {
      const status = await this.send().catch(() => 0);
      if (status === 200) this.acknowledged += 1;
      else this.refused += 1;
      // Whoever is asked to come again, or meets nobody, comes a little later.
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private send(): Promise<number> {
    const { port, path, headers, body } = this.sending;
    return sendOnce(port, { path, headers, body: body() }, this.agent);
  }
}

/** Resolves with the status of the answer. */
export function sendOnce(
  port: number,
  { path, headers, body }: { path: string; headers: Record<string, string>; body: Buffer },
  agent?: Agent,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: "127.0.0.1", port, path, method: "POST" },
        ...(agent === undefined ? {} : { agent }),
        headers: { ...headers, "content-length": body.length },
      },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
        answer.once("error", reject);
      },
    );
    asked.once("error", reject);
    asked.end(body);
  });
}
