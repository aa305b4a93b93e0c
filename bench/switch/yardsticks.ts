import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { freePort } from "#db/testing/free-port.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { startProgram } from "../router/subjects.ts";
import type { BenchInstance } from "./processes.ts";

/** What moves traffic from one pool to the other, and how. */
export interface Switcher {
  name: string;
  port: number;
  switchTo(pool: PoolColor): Promise<void>;
  end(): Promise<void>;
  /** Has the other pool take a share beside the live one, where that can be done. */
  share?(pool: PoolColor, share: number): Promise<void>;
}

const addresses = (instances: readonly BenchInstance[], pool: PoolColor) =>
  instances.filter((instance) => instance.pool === pool).map(({ port }) => `127.0.0.1:${port}`);

/** A pool is another upstream in the configuration, which is read again. */
export async function startNginx(folder: string, instances: readonly BenchInstance[]): Promise<Switcher> {
  const port = await freePort();
  const file = join(folder, "nginx-switch.conf");
  const write = (pool: PoolColor) =>
    writeFileSync(file, nginxConfiguration(folder, port, addresses(instances, pool)));
  write("blue");
  const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const program = ["nginx", "-e", join(folder, "nginx.log"), "-c", file];
  const { end } = await startProgram("nginx", port, program);
  return {
    name: "nginx -s reload",
    port,
    async switchTo(pool) {
      write(pool);
      const [command = "", ...parameters] = program;
      execFileSync(command, [...parameters, "-s", "reload"], { env: environment });
    },
    end,
  };
}

function nginxConfiguration(folder: string, port: number, servers: readonly string[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `  ${name}_temp_path ${join(folder, name)};`,
  );
  return `worker_processes 1;
daemon off;
pid ${join(folder, "nginx-switch.pid")};
error_log ${join(folder, "nginx.log")};
events { worker_connections 4096; }
http {
  access_log off;
${temporary.join("\n")}
  keepalive_requests 1000000000;
  map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
  upstream pool {
${servers.map((server) => `    server ${server};`).join("\n")}
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://pool;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout 1h;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
    }
  }
}
`;
}

/** A pool is a backend that a map names; the running process is told of another. */
export async function startHaproxy(folder: string, instances: readonly BenchInstance[]): Promise<Switcher> {
  const port = await freePort();
  const [file, map, socket] = ["haproxy-switch.cfg", "pools.map", "haproxy.sock"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const backend = (pool: PoolColor) =>
    [
      `backend ${pool}`,
      ...addresses(instances, pool).map((address, at) => `  server ${pool}${at} ${address}`),
    ].join("\n");
  writeFileSync(map, "bench blue\n");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
  stats socket ${socket} level admin
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
frontend bench
  bind 127.0.0.1:${port}
  use_backend %[str(bench),map(${map},blue)]
${backend("blue")}
${backend("green")}
`,
  );
  const { end } = await startProgram("haproxy", port, ["haproxy", "-db", "-q", "-f", file]);
  return {
    name: "HAProxy set map",
    port,
    async switchTo(pool) {
      const admin = connect(socket);
      admin.end(`set map ${map} bench ${pool}\n`);
      const answer = (await text(admin)).trim();
      if (answer !== "") throw new Error(`HAProxy refused: ${answer}`);
    },
    end,
  };
}
