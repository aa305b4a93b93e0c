import { Agent } from "node:http";

/**
 * Idle connections are closed after this time, well before an instance would close them itself, since a request sent
 * in that moment would be lost.
 */
const idleConnectionMs = 1_000;

/** One instance of a pool with the connections kept open to it. */
export class Instance {
  readonly host: string;
  readonly port: number;
  readonly agent: Agent;

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
    this.agent = new Agent({ keepAlive: true, timeout: idleConnectionMs, maxFreeSockets: 1_024 });
  }
}
