/** Asks a service again and again, one request after the other, and remembers every answer that was not good. */
export interface Watch {
  /** Ends the asking. `failures` are in words; `answers` counts the good ones. */
  end(): Promise<{ answers: number; failures: string[] }>;
}

export function watchService(url: string): Watch {
  let watching = true;
  let answers = 0;
  const failures: string[] = [];
  const asking = (async () => {
    while (watching) {
      try {
        const response = await fetch(url);
        await response.arrayBuffer();
        if (response.ok) answers += 1;
        else failures.push(`HTTP ${response.status}`);
      } catch (error) {
        failures.push(error instanceof Error ? `${error.message} ${String(error.cause)}` : String(error));
      }
    }
  })();
  return {
    async end() {
      watching = false;
      await asking;
      return { answers, failures };
    },
  };
}

/** Resolves once the URL answers 2xx. */
export async function untilAnswering(url: string, withinMs: number): Promise<Response> {
  const deadline = performance.now() + withinMs;
  let last = "nothing";
  while (performance.now() < deadline) {
    try {
      const response = await fetch(url);
      if (response.ok) return response;
      last = `HTTP ${response.status}`;
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within ${withinMs} ms; last: ${last}`);
}
