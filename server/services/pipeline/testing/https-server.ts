import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

/** A Git server over https as they are: repositories below a folder, basic authentication, and a store for Git LFS. */
export interface HttpsServer {
  url: string;
  certificateFile: string;
  /** `user:token` that may read; null for everybody. */
  login: string | null;
  /** By path: where a request is sent on to. */
  redirects: Map<string, string>;
  /** What the LFS store holds, by SHA-256. */
  objects: Map<string, Buffer>;
  /** Every request's path with its Authorization header, decoded. */
  asked: { path: string; login: string | null }[];
  stop(): Promise<void>;
}

export async function startHttpsServer(folder: string, repositories: string): Promise<HttpsServer> {
  const { certificateFile, keyFile } = makeCertificate(folder);
  const tls = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
  const server = createServer(
    tls,
    (request, response) => void answer(state, repositories, request, response),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  const state: HttpsServer = {
    url: `https://127.0.0.1:${address.port}`,
    certificateFile,
    login: null,
    redirects: new Map(),
    objects: new Map(),
    asked: [],
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return state;
}

export function storeObject(server: HttpsServer, content: Buffer): string {
  const oid = createHash("sha256").update(content).digest("hex");
  server.objects.set(oid, content);
  return oid;
}

function makeCertificate(folder: string): { certificateFile: string; keyFile: string } {
  mkdirSync(folder, { recursive: true });
  const [certificateFile, keyFile] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  execFileSync("openssl", [...request, ...names, "-keyout", keyFile, "-out", certificateFile], {
    stdio: "pipe",
  });
  return { certificateFile, keyFile };
}

async function answer(
  state: HttpsServer,
  repositories: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname: path, search } = new URL(request.url ?? "/", state.url);
  const [, encoded = null] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  const login = encoded === null ? null : Buffer.from(encoded, "base64").toString();
  state.asked.push({ path, login });
  for (const [from, to] of state.redirects) {
    if (!path.startsWith(from)) continue;
    response.writeHead(301, { location: `${to}${path.slice(from.length)}${search}` }).end();
    return;
  }
  if (path.startsWith("/objects/")) {
    response.end(state.objects.get(path.slice("/objects/".length)));
  } else if (state.login !== null && login !== state.login) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="Git"' }).end();
  } else if (path.endsWith("/info/lfs/objects/batch")) {
    await answerBatch(state, request, response);
  } else {
    await answerGit(repositories, path, request, response);
  }
}

async function answerBatch(
  state: HttpsServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const asked = JSON.parse(Buffer.concat(chunks).toString()) as { objects: { oid: string; size: number }[] };
  const objects = asked.objects.map(({ oid, size }) =>
    state.objects.has(oid)
      ? { oid, size, actions: { download: { href: `${state.url}/objects/${oid}` } } }
      : { oid, size, error: { code: 404, message: "Object does not exist" } },
  );
  response.setHeader("content-type", "application/vnd.git-lfs+json");
  response.end(JSON.stringify({ transfer: "basic", objects }));
}

/** The CGI programme that comes with Git. */
async function answerGit(
  repositories: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const backend = spawn("git", ["-c", "safe.directory=*", "http-backend"], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: repositories,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      PATH_INFO: path,
      QUERY_STRING: new URL(request.url ?? "/", "https://x").search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      REMOTE_ADDR: "127.0.0.1",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of backend.stdout) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const end = whole.indexOf("\r\n\r\n");
  for (const line of whole.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = line.split(": ");
    if (name === "Status") response.statusCode = Number(value.slice(0, 3));
    else response.setHeader(name, value);
  }
  response.end(whole.subarray(end + 4));
}
