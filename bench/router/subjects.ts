import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "#db/testing/free-port.ts";
import { takesConnections } from "#server/processes/traffic-router/testing/router-process.ts";

/** One that is measured: where it listens, and whose CPU time counts, its children's too. */
export interface Subject {
  name: string;
  port: number;
  pid: number;
  end(): Promise<void>;
}

/** A script in a process of its own; it says on which port it listens. */
async function startNode(name: string, script: URL, parameters: string[] = []): Promise<Subject> {
  const child = fork(fileURLToPath(script), parameters);
  const [port] = (await once(child, "message")) as [number];
  return { name, port, pid: pidOf(child), end: () => endChild(child) };
}

export function startTarget(): Promise<Subject> {
  return startNode("direct", new URL("./target.ts", import.meta.url));
}

export function startNodeProxy(targetPort: number): Promise<Subject> {
  return startNode("node", new URL("./node-proxy.ts", import.meta.url), [String(targetPort)]);
}

/** One thread, as the others have: what two would do is what two of them would do. */
export async function startHaproxy(folder: string, targetPort: number): Promise<Subject> {
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  option http-keep-alive
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 75s
  timeout server 75s
frontend bench
  bind 127.0.0.1:${port}
  default_backend target
backend target
  server target 127.0.0.1:${targetPort}
`,
  );
  return startProgram("haproxy", port, ["haproxy", "-db", "-q", "-f", file]);
}

export async function startNginx(folder: string, targetPort: number): Promise<Subject> {
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `worker_processes 1;
daemon off;
pid ${join(folder, "nginx.pid")};
error_log ${join(folder, "nginx.log")};
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${join(folder, "body")};
  proxy_temp_path ${join(folder, "proxy")};
  fastcgi_temp_path ${join(folder, "fastcgi")};
  uwsgi_temp_path ${join(folder, "uwsgi")};
  scgi_temp_path ${join(folder, "scgi")};
  upstream target {
    server 127.0.0.1:${targetPort};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://target;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}
`,
  );
  return startProgram("nginx", port, ["nginx", "-e", join(folder, "nginx.log"), "-c", file]);
}

export async function startProgram(name: string, port: number, command: string[]): Promise<Subject> {
  const [program = "", ...parameters] = command;
  const child = spawn(program, parameters, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}.`);
    await delay(20);
  }
  return { name, port, pid: pidOf(child), end: () => endChild(child) };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("A process of the bench did not start.");
  return child.pid;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
