import type postgres from "postgres";
import { withOwn } from "./with-own.ts";

/** What the driver and PostgreSQL say of a connection that has gone, or goes with these words. */
const lostConnection = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
]);

/**
 * The driver (postgres.js 3.4) writes on to a transaction's connection that has broken off, its own `rollback` first:
 * that throws where nobody can catch it, ends a worker's process, and the pool never gets that connection back. So nothing is
 * sent in a transaction whose connection has gone. PostgreSQL rolls it back; who waits for it hears of the loss.
 */
export function guardTransactions(sql: postgres.Sql): postgres.Sql {
  const begin = (work: Work) => {
    const connection = { isLost: false };
    const transaction = sql.begin((tx) => settle(connection, () => work(guard(tx, connection))));
    // It may go between two queries, too.
    return transaction.catch((error: unknown) => {
      connection.isLost = true;
      throw error;
    });
  };
  return withOwn(sql, { begin });
}

type Work = (tx: postgres.TransactionSql) => Promise<unknown>;

interface Connection {
  isLost: boolean;
}

function guard(tx: postgres.TransactionSql, connection: Connection): postgres.TransactionSql {
  return withOwn(tx, {
    unsafe(...parameters: Parameters<typeof tx.unsafe>) {
      if (connection.isLost) throw new LostConnectionError();
      return watch(tx.unsafe(...parameters), connection);
    },
    savepoint(work: Work) {
      if (connection.isLost) throw new LostConnectionError();
      let own: unknown;
      const keepOwn = (error: unknown) => {
        own = error;
        throw error;
      };
      const nested = tx.savepoint((inner) =>
        settle(connection, () => work(guard(inner, connection)).catch(keepOwn)),
      );
      // The driver's own `savepoint` may be what the connection broke off at.
      return nested.catch((error: unknown) => {
        if (error !== own && tellsOfLoss(error)) connection.isLost = true;
        throw error;
      });
    },
  });
}

/** Whoever hears of a query's failure finds the loss noted already. Nothing is sent before one waits for it. */
function watch(query: postgres.PendingQuery<postgres.Row[]>, connection: Connection) {
  const noted = (running: PromiseLike<unknown>) =>
    running.then(undefined, (error: unknown) => {
      if (tellsOfLoss(error)) connection.isLost = true;
      throw error;
    });
  return {
    // biome-ignore lint/suspicious/noThenProperty: the driver's queries are sent by being waited for.
    then: (...handlers: Parameters<Promise<unknown>["then"]>) => noted(query).then(...handlers),
    values: () => noted(query.values()),
  };
}

/** An end of the work would have the driver send `commit` or `rollback`: on a lost connection it has none. */
async function settle<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    if (!connection.isLost) return result;
  } catch (error) {
    if (!connection.isLost) throw error;
  }
  // The driver gives the transaction up by itself, with the loss.
  return new Promise<never>(() => undefined);
}

function tellsOfLoss(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && lostConnection.has(String(cause.code))) return true;
  }
  return false;
}

class LostConnectionError extends Error {
  readonly code = "CONNECTION_CLOSED";
  constructor() {
    super("The connection of this transaction has broken off.");
  }
}
