import { join } from "node:path";
import { expect } from "vitest";
import { followAudit } from "#db/testing/follow-audit.ts";
import { operations } from "#server/api/rest/operations.ts";
import type { Role } from "#server/domain/permissions.ts";
import { commit, settingsFile } from "#server/flows/testing/open-installation.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client reads them, key by key.
type Answer = any;

/** Asks a running portal for changes, and tells what each left in the audit log. */
export class AuditedAsking {
  portal!: RunningPortal;
  /** Of the service `shop`, with one commit. */
  repository = "";
  /** Procedures and operations that were asked for. */
  readonly tried = new Set<string>();
  private audited!: Awaited<ReturnType<typeof followAudit>>;

  async open(): Promise<void> {
    this.portal = await openRunningPortal();
    await ensureEnvironments(this.portal.database.ctx);
    this.repository = join(this.portal.repositoriesFolder, "shop");
    await commit(this.repository, "First", { "anytime.yaml": settingsFile });
  }

  readonly sql = () => this.portal.database.client.sql;

  /** As a page does it, which asks in batches. */
  readonly call = async (role: Role, procedure: string, input?: unknown): Promise<Answer> => {
    this.tried.add(procedure);
    this.audited = await followAudit(this.sql());
    const response = await this.portal.ask(`/api/trpc/${procedure}?batch=1`, {
      method: "POST",
      headers: {
        cookie: await this.portal.cookieOf(role),
        origin: this.portal.url,
        "content-type": "application/json",
      },
      body: JSON.stringify({ 0: input }),
    });
    const [answer]: Answer[] = (await response.json()) as Answer[];
    expect([procedure, answer.error]).toEqual([procedure, undefined]);
    return answer.result.data;
  };

  readonly ask = async (token: string, operationId: string, path: string, body: unknown): Promise<Answer> => {
    this.tried.add(operationId);
    this.audited = await followAudit(this.sql());
    const { method } = operations.find(({ id }) => id === operationId) ?? {};
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await this.portal.ask(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    expect([operationId, response.ok]).toEqual([operationId, true]);
    return response.json();
  };

  /** A picture for a note comes as it is. */
  readonly upload = async (service: string, picture: Buffer): Promise<void> => {
    this.audited = await followAudit(this.sql());
    const response = await this.portal.ask(`/api/note-pictures?service=${service}`, {
      method: "POST",
      headers: { cookie: await this.portal.cookieOf("engineer"), origin: this.portal.url },
      body: new Uint8Array(picture),
    });
    expect(response.status).toBe(200);
  };

  /** What the last call left: `action by whom`. */
  readonly left = async (): Promise<string[]> => {
    const entries = await this.audited();
    for (const { address } of entries) expect(address).toMatch(/127\.0\.0\.1|::1/);
    return entries.map(({ action, by }) => `${action} by ${by}`);
  };

  /** The release is live in staging, and what the deployment ships stands beside it with a share. */
  readonly standBeside = async (deploymentId: number): Promise<void> => {
    await this.sql()`update pools set status = 'ready', release_id = (select max(id) from releases)
      where service_environment_id = (select service_environment_id from deployments where id = ${deploymentId})
        and color in ('blue', 'green')`;
    await this.sql()`update deployments set status = 'running', started_at = now(), finished_at = null, pool = 'green',
      cancel_requested_at = null, canary_ends_at = now() + interval '1 hour' where id = ${deploymentId}`;
    await this.sql()`update pointers set live_pool = 'blue', candidate_pool = 'green', candidate_share = 0.1
      where service_environment_id = (select service_environment_id from deployments where id = ${deploymentId})`;
  };

  readonly holdBack = async (): Promise<void> => {
    await this.sql()`update pointers set candidate_pool = 'green', candidate_share = 0.1,
      candidate_until = now() + interval '1 hour' where live_pool = 'blue'`;
  };

  readonly standAlone = async (deploymentId: number): Promise<void> => {
    await this.sql()`update pointers set live_pool = null where live_pool = 'blue'`;
    await this.sql()`update pools set status = 'empty', release_id = null where color in ('blue', 'green')`;
    await this.sql()`update deployments set status = 'cancelled', finished_at = now(), cancel_requested_at = now(),
      pool = null where id = ${deploymentId}`;
  };
}
