import {
  type ClientRequest,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from "node:http";
import type { BlockList } from "node:net";
import type { PoolColor } from "#server/domain/pools.ts";
import { endAfter } from "./end-after.ts";
import type { Destination } from "./find-route.ts";
import { type FlatHeaders, hasBody, requestHeaders, responseHeaders } from "./headers.ts";
import type { Instance } from "./instance.ts";
import { answerPlainly, type PlainStatus } from "./plain-answers.ts";
import { pumpRequestBody, pumpResponseBody } from "./pump.ts";
import { connectTimeoutMs, isConnectFailure, mayBeRepeated } from "./retry.ts";
import type { Choice, Sent } from "./service-route.ts";

/** What holds for every request of a router. */
export interface PassingRules {
  /** Proxies whose word on earlier hops is passed on; null where there are none. */
  trusted: BlockList | null;
  /** Longer bodies are refused. */
  mostBodyBytes: number;
}

/** One request on its way through: it stays with the pool where it began, and is retried only where that is safe. */
export class Exchange {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly destination: Destination;
  private readonly rules: PassingRules;
  private readonly headers: FlatHeaders;
  private readonly withBody: boolean;
  private upstream: ClientRequest | null = null;
  private pool: PoolColor | null = null;
  private tried: Instance[] = [];
  private answered = false;
  private bodyStarted = false;
  private repeated = false;
  private sent: Sent | null = null;
  private counted = false;
  private readonly beganAt = performance.now();
  private readonly draw = Math.random();

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { destination, rules }: { destination: Destination; rules: PassingRules },
  ) {
    this.request = request;
    this.response = response;
    this.destination = destination;
    this.rules = rules;
    this.withBody = hasBody(request);
    const { trusted } = rules;
    this.headers = requestHeaders(request, { prefix: destination.prefix, upgrade: false, trusted });
    response.on("close", () => this.close());
    response.on("error", () => this.close());
  }

  /** Waits where requests are held; nothing of a body is read meanwhile. */
  send(): void {
    const { service } = this.destination;
    if (service.isHeld()) {
      const leave = service.hold({ go: () => this.pass(), refuse: () => this.give(503) });
      this.response.once("close", leave);
    } else this.pass();
  }

  /** What an instance is asked for, and with which headers. */
  asSent(): { target: string; headers: FlatHeaders } {
    return { target: this.destination.target, headers: this.headers };
  }

  /** Chooses pool and instance anew each time, so that a retry follows a switch. */
  private pass(): void {
    const { draw, tried } = this;
    const choice = this.destination.service.choose({ headers: this.request.headers, draw }, tried);
    if (choice === null) {
      this.give(503);
      return;
    }
    this.enter(choice);
    this.open(choice.instance, choice.instance.agent);
  }

  private open(instance: Instance, agent: Instance["agent"] | false): void {
    const upstream = openRequest({
      host: instance.host,
      port: instance.port,
      method: this.request.method,
      path: this.destination.target,
      headers: this.headers,
      agent,
    });
    this.upstream = upstream;
    upstream.on("response", (answer) => {
      instance.answered();
      this.answer(answer);
    });
    upstream.on("error", (error) => this.fail(upstream, instance, error));
    upstream.on("information", (information) => this.inform(information.statusCode));
    // Not before it is connected: a body that has begun to flow cannot be given to another instance.
    upstream.on("socket", (socket) => {
      if (!socket.connecting) return this.sendBody(upstream);
      const timer = setTimeout(() => socket.destroy(connectTimedOut()), connectTimeoutMs);
      socket.once("close", () => clearTimeout(timer));
      socket.once("connect", () => {
        clearTimeout(timer);
        this.sendBody(upstream);
      });
    });
    if (!this.withBody) upstream.end();
  }

  private sendBody(upstream: ClientRequest): void {
    if (!this.withBody || upstream !== this.upstream) return;
    this.bodyStarted = true;
    pumpRequestBody(this.request, upstream, {
      mostBytes: this.rules.mostBodyBytes,
      onSilence: () => this.give(408),
      onTooLarge: () => this.give(413),
    });
  }

  private inform(status: number | undefined): void {
    if (status === 100 && this.request.headers.expect !== undefined) this.response.writeContinue();
  }

  private answer(answer: IncomingMessage): void {
    this.answered = true;
    const { response } = this;
    endAfter(this.request, response);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer));
    pumpResponseBody(answer, response);
    if (isEventStream(answer) && this.pool !== null) this.stay(this.pool, answer);
  }

  /** A stream of events has no end of its own: its client opens another where it is ended in order. */
  private stay(pool: PoolColor, answer: IncomingMessage): void {
    const { response } = this;
    const left = this.destination.service.stay(pool, () => {
      answer.removeAllListeners("data");
      response.end();
      this.upstream?.destroy();
    });
    response.once("close", left);
  }

  private fail(upstream: ClientRequest, instance: Instance, error: Error): void {
    if (upstream !== this.upstream || this.answered || this.response.destroyed) return;
    if (isConnectFailure(error)) {
      instance.failed();
      this.tried.push(instance);
      this.leave();
      this.send();
    } else if (
      upstream.reusedSocket &&
      !this.repeated &&
      !this.bodyStarted &&
      mayBeRepeated(this.request.method)
    ) {
      this.repeated = true;
      this.open(instance, false);
    } else {
      instance.failed();
      this.give(502);
    }
  }

  /** Ends it with a page of the router's own. */
  private give(status: PlainStatus): void {
    this.answered = true;
    answerPlainly(this.response, status);
    this.upstream?.destroy();
  }

  private close(): void {
    this.leave();
    this.count();
    if (!this.response.writableFinished) this.upstream?.destroy();
  }

  private count(): void {
    if (this.counted) return;
    this.counted = true;
    const { service, target } = this.destination;
    service.count(this.sent, {
      target,
      status: this.response.headersSent ? this.response.statusCode : 0,
      isAborted: !this.response.writableFinished,
      latencyMs: performance.now() - this.beganAt,
    });
  }

  private enter(choice: Choice): void {
    this.pool = choice.pool;
    this.sent = this.destination.service.enter(choice);
  }

  private leave(): void {
    if (this.pool !== null) this.destination.service.leave(this.pool);
    this.pool = null;
  }
}

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers["content-type"]?.startsWith("text/event-stream") === true;
}

function connectTimedOut(): Error {
  return Object.assign(new Error("The instance did not take the connection in time."), {
    syscall: "connect",
  });
}
