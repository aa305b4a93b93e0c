import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("./manifest.json", import.meta.url), "utf8"));

/** What this instance knows of itself: the portal says it in the environment. */
export function readFacts(environment) {
  return {
    greeting: environment.GREETING ?? "Hello",
    release: environment.ANYTIME_RELEASE ?? "local",
    environment: environment.ANYTIME_ENVIRONMENT ?? "local",
    pool: environment.ANYTIME_POOL ?? "none",
    instance: environment.ANYTIME_INSTANCE ?? "1",
    version: manifest.version,
    build: manifest.build,
  };
}
