import type { IncomingMessage, ServerResponse } from "node:http";
import { isMigrated } from "#db/is-migrated.ts";
import { messageOf } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { answerJson } from "./bare-answers.ts";

/** The process is alive. */
export function answerHealth(_: IncomingMessage, response: ServerResponse): void {
  answerJson(response, 200, { ok: true });
}

/** The database can be reached and has the schema of this code: requests may come. */
export async function answerReady(_: IncomingMessage, response: ServerResponse): Promise<void> {
  const ready = await isReady();
  answerJson(response, ready ? 200 : 503, { ready });
}

async function isReady(): Promise<boolean> {
  const { database, logger } = portal();
  try {
    return await isMigrated(database.db);
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, "not ready");
    return false;
  }
}
