import { hostname } from "node:os";
import { startRouter } from "./traffic-router/start-router.ts";

const port = Number(process.env.ANYTIME_ROUTER_PORT ?? 4480);
const router = await startRouter({
  databaseUrl: process.env.DATABASE_URL ?? "",
  host: "127.0.0.1",
  port,
  name: hostname(),
  statePath: `${process.env.ANYTIME_DATA}/router/state.json`,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`The router listens on port ${router.port}.\n`);
const stop = () => void router.stop().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
