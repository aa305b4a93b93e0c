/** A small real HTTP service: its build writes `dist`, its health path answers, `/` names the release. */
export function sampleFiles(overrides: { settings?: string; server?: string } = {}): Record<string, string> {
  return {
    "anytime.yaml": overrides.settings ?? sampleSettings(),
    "server.cjs": overrides.server ?? server,
    "build.sh": "mkdir -p dist && cp server.cjs dist/server.cjs && echo built\n",
  };
}

export interface SampleKeys {
  build?: string;
  test?: string;
  start?: string;
  instances?: number;
  timeout?: string;
  drain?: string;
  keepWarm?: string;
  canary?: string;
  holdback?: string;
  more?: string;
}

export function sampleSettings(keys: SampleKeys = {}): string {
  const text = (value: string | undefined, otherwise: string) => JSON.stringify(value ?? otherwise);
  return `build: ${text(keys.build, "sh build.sh")}
test: ${text(keys.test, "test -f dist/server.cjs")}
package: {include: [dist]}
release:
  start: ${text(keys.start, `exec "${process.execPath}" dist/server.cjs`)}
  instances: ${keys.instances ?? 2}
  health: {path: /healthz, timeout: ${keys.timeout ?? "30s"}}
  drain: ${keys.drain ?? "1s"}
  keepWarm: ${keys.keepWarm ?? "1h"}
${keys.canary === undefined ? "" : `  canary: ${keys.canary}`}
${keys.holdback === undefined ? "" : `  holdback: ${keys.holdback}`}
${keys.more ?? ""}
`;
}

const server = `const http = require("node:http");
http.createServer((request, response) => {
  response.end(request.url === "/healthz" ? "ok" : process.env.ANYTIME_RELEASE + " " + process.pid);
}).listen(Number(process.env.PORT), process.env.HOST);
console.log("listening on " + process.env.PORT);
`;
