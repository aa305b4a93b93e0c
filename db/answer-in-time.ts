import type postgres from "postgres";
import { withOwn } from "./with-own.ts";

/** The database was asked and has not answered: it hangs, is cut off or has too much to do. */
export class NoAnswerError extends Error {
  override name = "NoAnswerError";
  readonly code = "NO_ANSWER";
  constructor(withinMs: number) {
    super(`The database has not answered within ${withinMs} ms.`);
  }
}

type Work = (tx: postgres.TransactionSql) => Promise<unknown>;

/**
 * Whoever waits for a query or a transaction hears within that time, of NoAnswerError if need be: the driver itself waits
 * for ever. The connection is not broken off. A transaction that is late does nothing more, and is rolled back as soon
 * as the database answers, unless it had been told to commit already.
 */
export function answerInTime(sql: postgres.Sql, withinMs: number): postgres.Sql {
  return withOwn(sql, {
    unsafe(...parameters: Parameters<typeof sql.unsafe>) {
      const query = sql.unsafe(...parameters);
      return {
        // biome-ignore lint/suspicious/noThenProperty: the driver's queries are sent by being waited for.
        then: (...handlers: Parameters<Promise<unknown>["then"]>) =>
          inTime(query, withinMs).then(...handlers),
        values: () => inTime(query.values(), withinMs),
      };
    },
    begin(work: Work) {
      const clock = { isLate: false };
      const done = sql.begin((tx) => demandingTime(clock, withinMs, () => work(within(tx, clock, withinMs))));
      return inTime(done, withinMs, clock);
    },
  });
}

interface Clock {
  isLate: boolean;
}

function within(tx: postgres.TransactionSql, clock: Clock, withinMs: number): postgres.TransactionSql {
  return withOwn(tx, {
    unsafe(...parameters: Parameters<typeof tx.unsafe>) {
      if (clock.isLate) throw new NoAnswerError(withinMs);
      return tx.unsafe(...parameters);
    },
    savepoint: (work: Work) =>
      tx.savepoint((inner) => demandingTime(clock, withinMs, () => work(within(inner, clock, withinMs)))),
  });
}

/** What comes too late fails, so that the driver rolls it back. */
async function demandingTime<T>(clock: Clock, withinMs: number, work: () => Promise<T>): Promise<T> {
  const result = await work();
  if (clock.isLate) throw new NoAnswerError(withinMs);
  return result;
}

function inTime<T>(answer: PromiseLike<T>, withinMs: number, clock: Clock = { isLate: false }): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      clock.isLate = true;
      reject(new NoAnswerError(withinMs));
    }, withinMs);
    const settle =
      <V>(pass: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        pass(value);
      };
    answer.then(settle(resolve), settle(reject));
  });
}
