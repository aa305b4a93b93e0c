import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { systemContext } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { readLogState } from "#server/services/deployments/read-log.ts";
import { streamLog } from "#server/services/deployments/stream-log.ts";
import { answerJson } from "./bare-answers.ts";

/** The raw log of a deployment, ANSI sequences kept unless `?plain`; `?download` saves it as a file. */
export async function answerLog(
  request: IncomingMessage,
  response: ServerResponse,
  deploymentId: number,
): Promise<void> {
  const ctx = systemContext(portal().database.db, "log");
  if (!(await exists(deploymentId))) {
    return answerJson(response, 404, { message: `There is no deployment ${deploymentId}.` });
  }
  const query = new URL(request.url ?? "/", "http://portal").searchParams;
  response.writeHead(200, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "content-disposition": `${query.has("download") ? "attachment" : "inline"}; filename="deployment-${deploymentId}.log"`,
  });
  if (request.method === "HEAD") return void response.end();
  const log = streamLog(ctx, { deploymentId, isPlain: query.has("plain") });
  await pipeline(Readable.from(log, { objectMode: false }), response).catch((error: unknown) => {
    // Whoever was reading left; there is nobody to tell.
    if (!response.destroyed) throw error;
  });
}

async function exists(deploymentId: number): Promise<boolean> {
  const ctx = systemContext(portal().database.db, "log");
  try {
    await readLogState(ctx, deploymentId);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}
