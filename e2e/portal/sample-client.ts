import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a service is made of that tells of itself by an SDK as its makers publish it, with its defaults. */

export interface SampleClient {
  name: string;
  dependencies: Record<string, string>;
  /** Loaded before the service's own code. Gives `tell(error)`. */
  telemetry: string;
}

export const openTelemetry: SampleClient = {
  name: "otel",
  dependencies: {
    "@opentelemetry/api": "1.10.0",
    "@opentelemetry/instrumentation-http": "0.301.0",
    "@opentelemetry/sdk-node": "0.301.0",
  },
  telemetry: `const { trace } = require("@opentelemetry/api");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { NodeSDK } = require("@opentelemetry/sdk-node");
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
exports.tell = (error) => trace.getActiveSpan()?.recordException(error);
exports.end = () => sdk.shutdown();
`,
};

export const sentry: SampleClient = {
  name: "sentry",
  dependencies: { "@sentry/node": "11.12.0" },
  telemetry: `const Sentry = require("@sentry/node");
Sentry.init();
exports.tell = (error) => Sentry.captureException(error);
exports.end = () => Sentry.close(2000);
`,
};

const server = `const { tell, end } = require("./telemetry.cjs");
const { createServer } = require("node:http");
const routes = { "/cart": require("./routes/cart.cjs"), "/checkout": require("./routes/checkout.cjs") };
const server = createServer(async (request, response) => {
  try {
    response.end(await (routes[request.url] ?? (() => "well"))());
  } catch (error) {
    tell(error);
    response.statusCode = 500;
    response.end("failed");
  }
});
server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close(() => end().then(() => process.exit(0))));
`;

const checkout = (body: string) => `let asked = 0;
function charge() {
  asked += 1;
  ${body}
}
module.exports = charge;
`;
const throwing = `throw new Error("No price for this customer");`;
const slow = `return new Promise((resolve) => setTimeout(resolve, 250, "charged"));`;

/** Bodies of `routes/checkout.cjs`. */
export const checkouts = {
  well: checkout(`return "charged";`),
  errors: checkout(`if (asked % 2 === 0) ${throwing}\n  return "charged";`),
  slowness: checkout(slow),
  both: checkout(`if (asked % 2 === 0) ${throwing}\n  ${slow}`),
};

/**
 * Its packages as the registry has them, once for all services that use it: builds copy them, and need no network. Null
 * where the registry was not reached in two minutes.
 */
export function installPackages(client: SampleClient): string | null {
  const folder = mkdtempSync(join(tmpdir(), "anytime-packages-"));
  // Builds run under accounts of their own.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "package.json"), packageFile(client));
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    stdio: "ignore",
    timeout: 120_000,
  });
  return status === 0 ? folder : null;
}

function packageFile({ name, dependencies }: SampleClient): string {
  return JSON.stringify({ name: `sample-${name}`, private: true, dependencies });
}

/** The files of its first commit. `packages` is the folder in which they were installed. */
export function sampleFiles(service: string, client: SampleClient, packages: string): Record<string, string> {
  return {
    "package.json": packageFile(client),
    ".gitignore": "node_modules\n",
    "telemetry.cjs": client.telemetry,
    "server.cjs": server,
    "routes/cart.cjs": `module.exports = () => "two of them";\n`,
    "routes/checkout.cjs": checkouts.well,
    "anytime.yaml": `service: ${service}
build: cp -R ${packages}/node_modules .
package: {include: [node_modules, routes, server.cjs, telemetry.cjs]}
release:
  start: node server.cjs
  instances: 1
  health: {path: /healthz, timeout: 30s}
  drain: 1s
environments:
  production: {}
`,
  };
}
