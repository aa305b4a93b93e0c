import { UnauthenticatedError } from "#server/kernel/errors.ts";

/** Work that is done a few at a time, in the order in which it came; more than a bounded number does not wait for it. */
export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: { atOnce: number; mostWaiting: number }) {
    this.#atOnce = options.atOnce;
    this.#mostWaiting = options.mostWaiting;
  }

  /** UnauthenticatedError where too many wait already. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else await this.#wait();
    try {
      return await work();
    } finally {
      // The turn is handed on, so that nobody who comes now gets before those who wait.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new UnauthenticatedError("Very many sign in at this moment. Try again in a few seconds.");
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
